@{
    RootModule           = 'PcmfaLint.psm1'
    ModuleVersion        = '1.0.0'
    GUID                 = '5b0f3a52-6f7e-4f0e-9a35-2f6d3b1c8e47'
    Author               = 'pcmfa-lint contributors'
    CompanyName          = 'pcmfa-lint contributors'
    Copyright            = 'MIT License'
    Description          = 'Finds Partner Center integrations that Microsoft''s MFA enforcement will cut off.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    FunctionsToExport    = @('Install-PcmfaLint', 'Invoke-PcmfaLint', 'Register-PcmfaLintCompletion')
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags = @('PartnerCenter', 'MFA', 'CSP', 'Security', 'Lint', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
        }
    }
}

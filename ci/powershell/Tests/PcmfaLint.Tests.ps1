# Pester 5: Invoke-Pester -Path ci/powershell/Tests. Needs pcmfa-lint on the path.
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath '../PcmfaLint/PcmfaLint.psd1') -Force
    $folder = Join-Path -Path $TestDrive -ChildPath "scripts & 'more'"
    New-Item -Path $folder -ItemType Directory | Out-Null
    $seeded = Join-Path -Path $folder -ChildPath 'Get-Token.ps1'
    Set-Content -LiteralPath $seeded -Encoding UTF8 -Value @'
$body = @{
    grant_type = 'password'
    username   = 'joe@example.com'
    password   = $env:INVENTED
    resource   = 'https://api.partnercenter.microsoft.com'
}
Invoke-RestMethod 'https://login.microsoftonline.com/common/oauth2/token' -Method Post -Body $body
'@
    $clean = Join-Path -Path $folder -ChildPath 'Hello.ps1'
    Set-Content -LiteralPath $clean -Encoding UTF8 -Value "Write-Output 'hello'"
}

Describe 'Invoke-PcmfaLint' {
    It 'returns an object for each finding' {
        $found = @(Invoke-PcmfaLint -Path $folder -MinLevel Error)
        $found.Rule | Should -Contain 'PCM201'
        $found[0].PSObject.TypeNames | Should -Contain 'PcmfaLint.Finding'
        $found[0].File | Should -Be 'Get-Token.ps1'
        $found[0].Line | Should -BeGreaterThan 0
    }
    It 'returns nothing for a clean file' {
        Invoke-PcmfaLint -Path $clean | Should -BeNullOrEmpty
    }
    It 'takes files from Get-ChildItem' {
        @(Get-ChildItem -LiteralPath $folder | Invoke-PcmfaLint -Select ropc).Count | Should -BeGreaterThan 0
    }
    It 'says what is wrong with a path' {
        { Invoke-PcmfaLint -Path (Join-Path -Path $folder -ChildPath 'missing') } | Should -Throw
    }
    It 'says where the program is not' {
        { Invoke-PcmfaLint -Path $folder -Program 'missing.exe' } | Should -Throw "*is not at 'missing.exe'*"
    }
    It 'passes on what the program refuses' {
        { Invoke-PcmfaLint -Path $folder -Select 'nonsense' } | Should -Throw '*names no rule*'
    }
}

Describe 'The module' {
    It 'has help with an example for each command' {
        foreach ($command in Get-Command -Module PcmfaLint) {
            $help = Get-Help -Name $command.Name -Full
            $help.Synopsis | Should -Not -BeNullOrEmpty
            @($help.Examples.Example).Count | Should -BeGreaterThan 0
        }
    }
    It 'installs nothing with -WhatIf' {
        Install-PcmfaLint -WhatIf | Should -BeNullOrEmpty
    }
}

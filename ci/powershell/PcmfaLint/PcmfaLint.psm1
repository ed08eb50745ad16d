Set-StrictMode -Version 3.0

function Find-PcmfaLint {
    # The program, or $null: what was named, what is on the path, or what -Install has put in its place.
    param([string] $Path)

    if ($Path) {
        if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) {
            throw "pcmfa-lint is not at '$Path'."
        }
        return (Resolve-Path -LiteralPath $Path).ProviderPath
    }
    $command = Get-Command -Name 'pcmfa-lint' -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($command) {
        return $command.Path
    }
    $installed = Get-PcmfaLintPath
    if (Test-Path -LiteralPath $installed -PathType Leaf) {
        return $installed
    }
    return $null
}

function Test-OnWindows {
    # Windows PowerShell 5.1 has no $IsWindows.
    return [System.IO.Path]::DirectorySeparatorChar -eq '\'
}

function Get-PcmfaLintPath {
    # Where Install-PcmfaLint puts the program.
    $base = [Environment]::GetFolderPath([Environment+SpecialFolder]::LocalApplicationData)
    $folder = Join-Path -Path $base -ChildPath 'pcmfa-lint-module'
    if (Test-OnWindows) {
        return Join-Path -Path $folder -ChildPath 'Scripts\pcmfa-lint.exe'
    }
    return Join-Path -Path $folder -ChildPath 'bin/pcmfa-lint'
}

function Find-Python {
    # The command line of a Python that is new enough.
    $check = 'import sys; sys.exit(sys.version_info < (3, 10))'
    foreach ($candidate in @(@('py', '-3'), @('python3'), @('python'))) {
        $name = $candidate[0]
        if (-not (Get-Command -Name $name -CommandType Application -ErrorAction SilentlyContinue)) {
            continue
        }
        $more = @($candidate | Select-Object -Skip 1)
        & $name @more '-I' '-c' $check 2>$null
        if ($LASTEXITCODE -eq 0) {
            return , $candidate
        }
    }
    throw 'There is no Python 3.10 or later. Install it, or give -Path to a pcmfa-lint that is there.'
}

function Install-PcmfaLint {
    <#
    .SYNOPSIS
    Installs the program pcmfa-lint for you alone.
    .DESCRIPTION
    Creates a virtual environment in your local application data and installs pcmfa-lint there with pip, from the package
    index that pip is configured for, or from a folder without a network.
    .PARAMETER Version
    The version to install; the version of this module by default.
    .PARAMETER Wheelhouse
    A folder with all packages; no package index is used.
    .EXAMPLE
    Install-PcmfaLint
    Installs the version that belongs to this module.
    .EXAMPLE
    Install-PcmfaLint -Wheelhouse D:\wheelhouse
    Installs from a folder, without a network.
    .OUTPUTS
    System.String. The path of the program.
    #>
    [CmdletBinding(SupportsShouldProcess)]
    [OutputType([string])]
    param(
        [ValidatePattern('^\d+\.\d+\.\d+$')]
        [string] $Version = $MyInvocation.MyCommand.Module.Version.ToString(),

        [ValidateNotNullOrEmpty()]
        [string] $Wheelhouse
    )

    $program = Get-PcmfaLintPath
    $folder = Split-Path -Path (Split-Path -Path $program -Parent) -Parent
    if (-not $PSCmdlet.ShouldProcess($folder, "Install pcmfa-lint $Version")) {
        return
    }
    $python = Find-Python
    $more = @($python | Select-Object -Skip 1)
    & $python[0] @more '-I' '-m' 'venv' $folder | Out-Null
    if ($LASTEXITCODE -ne 0) {
        throw "No environment can be made in '$folder'."
    }
    $name = if (Test-OnWindows) { 'python.exe' } else { 'python' }
    $installed = Join-Path -Path (Split-Path -Path $program -Parent) -ChildPath $name
    $options = @('--quiet', '--disable-pip-version-check', '--only-binary=:all:')
    if ($Wheelhouse) {
        $options += @('--no-index', '--find-links', (Resolve-Path -LiteralPath $Wheelhouse).ProviderPath)
    }
    & $installed '-I' '-m' 'pip' 'install' @options "pcmfa-lint==$Version" | Out-Null
    if ($LASTEXITCODE -ne 0) {
        throw ("pip cannot install pcmfa-lint $Version. Without access to an index of packages give -Wheelhouse; " +
            'docs/wheelhouse.md of pcmfa-lint says how to make one.')
    }
    return $program
}

function Invoke-PcmfaLint {
    <#
    .SYNOPSIS
    Finds the places in scripts that stop working when Microsoft enforces MFA for Partner Center APIs.
    .DESCRIPTION
    Runs pcmfa-lint on files and folders of one repository, and returns an object for each finding. Nothing of what is
    scanned runs, and nothing leaves the machine.
    .PARAMETER Path
    Files and folders of one repository; the current folder by default.
    .PARAMETER MinLevel
    The lowest level that is returned: Error, Warning or Note.
    .PARAMETER Select
    Only these rules: ids, beginnings of ids, or classes.
    .PARAMETER ChangedSince
    Only what is new since HEAD left this revision of git.
    .PARAMETER Program
    The program, if it is neither on the path nor installed by Install-PcmfaLint.
    .PARAMETER Install
    Installs the program first if it is not there.
    .EXAMPLE
    Invoke-PcmfaLint -Path .\scripts | Format-Table Level, Rule, File, Line, Message
    Lists the findings of a folder.
    .EXAMPLE
    Get-ChildItem -Path .\scripts -Filter *.ps1 -Recurse | Invoke-PcmfaLint -MinLevel Error | Export-Csv -Path found.csv -NoTypeInformation
    Writes the errors of all scripts to a table.
    .EXAMPLE
    if (Invoke-PcmfaLint -MinLevel Warning) { exit 1 }
    Fails a build.
    .INPUTS
    System.String. Paths, also those of Get-ChildItem.
    .OUTPUTS
    PcmfaLint.Finding, with Rule, Name, Level, File, Line, Column, Message, Why, Fix and Fingerprint.
    #>
    [CmdletBinding()]
    [OutputType('PcmfaLint.Finding')]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [Alias('FullName', 'PSPath')]
        [ValidateNotNullOrEmpty()]
        [string[]] $Path = '.',

        [ValidateSet('Error', 'Warning', 'Note')]
        [string] $MinLevel = 'Note',

        [ValidateNotNullOrEmpty()]
        [string[]] $Select,

        [ValidateNotNullOrEmpty()]
        [string] $ChangedSince,

        [ValidateNotNullOrEmpty()]
        [string] $Program,

        [switch] $Install
    )

    begin {
        $paths = New-Object -TypeName 'System.Collections.Generic.List[string]'
    }
    process {
        foreach ($each in $Path) {
            $paths.Add((Resolve-Path -LiteralPath $each -ErrorAction Stop).ProviderPath)
        }
    }
    end {
        if ($paths.Count -eq 0) {
            return
        }
        $lint = Find-PcmfaLint -Path $Program
        if (-not $lint -and $Install) {
            $lint = Install-PcmfaLint
        }
        if (-not $lint) {
            throw 'pcmfa-lint is not installed. Run Install-PcmfaLint, or say -Install, or give its path with -Program.'
        }
        # A file in between: what the console does to the text of a pipe differs between the versions of PowerShell.
        $report = [System.IO.Path]::GetTempFileName()
        try {
            $arguments = @('scan', '--quiet', '--format=json', "--output=$report", "--min-level=$($MinLevel.ToLowerInvariant())")
            if ($Select) {
                $arguments += @($Select | ForEach-Object -Process { "--select=$_" })
            }
            if ($ChangedSince) {
                $arguments += "--changed-since=$ChangedSince"
            }
            $preference = $ErrorActionPreference
            $ErrorActionPreference = 'Continue' # 5.1 makes an error of every line on standard error
            $said = & $lint @arguments '--' @paths 2>&1
            $ErrorActionPreference = $preference
            $status = $LASTEXITCODE
            foreach ($line in $said) {
                Write-Verbose -Message "$line"
            }
            if ($status -notin @(0, 1, 3)) {
                throw "pcmfa-lint ended with exit status ${status}: $($said -join ' ')"
            }
            if ($status -eq 3) {
                Write-Warning -Message ($said -join [Environment]::NewLine)
            }
            $content = [System.IO.File]::ReadAllText($report, [System.Text.Encoding]::UTF8) | ConvertFrom-Json
        } finally {
            Remove-Item -LiteralPath $report -Force -ErrorAction SilentlyContinue
        }
        foreach ($file in $content.files.skipped) {
            Write-Warning -Message "$($file.path) was not read: $($file.reason)"
        }
        foreach ($finding in $content.findings) {
            [pscustomobject] @{
                PSTypeName  = 'PcmfaLint.Finding'
                Rule        = $finding.rule
                Name        = $finding.name
                Level       = $finding.level
                File        = $finding.path
                Line        = $finding.line
                Column      = $finding.column
                Message     = $finding.message
                Why         = $finding.why
                Fix         = $finding.fix
                Fingerprint = $finding.fingerprint
            }
        }
    }
}

function Register-PcmfaLintCompletion {
    <#
    .SYNOPSIS
    Completes the command line of pcmfa-lint with the Tab key.
    .DESCRIPTION
    Put the example into the file that $PROFILE names.
    .EXAMPLE
    Import-Module PcmfaLint; Register-PcmfaLintCompletion
    #>
    [CmdletBinding()]
    param()

    Register-ArgumentCompleter -Native -CommandName 'pcmfa-lint' -ScriptBlock {
        param($wordToComplete, $commandAst, $cursorPosition)

        $words = @($commandAst.CommandElements | ForEach-Object -Process { $_.Extent.Text })
        if (-not $wordToComplete) {
            $words += '' # the cursor stands behind a blank
        }
        $program = $words[0]
        $before = @{}
        # bash's form of the program's own answer has a line a word: its kind, and the word.
        $wanted = @{
            _PCMFA_LINT_COMPLETE = 'bash_complete'
            COMP_WORDS           = ($words -join "`n")
            COMP_CWORD           = "$($words.Count - 1)"
        }
        foreach ($name in $wanted.Keys) {
            $before[$name] = [Environment]::GetEnvironmentVariable($name)
            [Environment]::SetEnvironmentVariable($name, $wanted[$name])
        }
        try {
            $answer = & $program 2>$null
        } finally {
            foreach ($name in $wanted.Keys) {
                [Environment]::SetEnvironmentVariable($name, $before[$name])
            }
        }
        foreach ($line in $answer) {
            $kind, $word = "$line" -split ',', 2
            if ($kind -eq 'plain' -and $word) {
                New-Object -TypeName 'System.Management.Automation.CompletionResult' -ArgumentList $word, $word, 'ParameterValue', $word
            }
        }
    }
}

Export-ModuleMember -Function 'Install-PcmfaLint', 'Invoke-PcmfaLint', 'Register-PcmfaLintCompletion'

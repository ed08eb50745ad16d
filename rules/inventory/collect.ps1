<#
.SYNOPSIS
Exports code that signs in to Microsoft but is not in git, for a sweep with pcmfa-lint.

.DESCRIPTION
Reads only: every request to Azure is a GET, except the one that lists the names of app settings. It runs in Windows
PowerShell 5.1 and in PowerShell 7. Azure is read with your own sign-in (module Az.Accounts, Connect-AzAccount), the
machine with your own rights. Of settings, variables, and parameters, only the names are written; in tasks, crontabs,
and units, values after words such as "password" are masked. Code and definitions are written unchanged: secrets in
them are in the export, too. Delete the folder after the sweep.

.EXAMPLE
./collect.ps1 -Out collected
pcmfa-lint sweep collected --out sweep
#>
[CmdletBinding()]
param(
    # The output folder; it gets a folder for each source
    [string] $Out = 'collected',
    # The kinds of sources to collect
    [ValidateSet('automation', 'logicapps', 'datafactory', 'apps', 'tasks', 'cron', 'sql')]
    [string[]] $Only = @('automation', 'logicapps', 'datafactory', 'apps', 'tasks', 'cron', 'sql'),
    # Ids of subscriptions; by default, all that you can see
    [string[]] $Subscription = @(),
    # SQL Server instances whose Agent jobs are read (module SqlServer)
    [string[]] $SqlServer = @()
)
$ErrorActionPreference = 'Stop'
$script:Missed = @()
$Encoding = [System.Text.UTF8Encoding]::new($false)
$Root = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Out)

function Write-Export([string] $Folder, [string] $Name, [string] $Text) {
    $to = [System.IO.Path]::Combine($Root, $Folder)
    [void] [System.IO.Directory]::CreateDirectory($to)
    [System.IO.File]::WriteAllText([System.IO.Path]::Combine($to, $Name), $Text, $Encoding)
}

function Get-SafeName([string] $Name) {
    $Name -replace '[^\w.-]', '_' -replace '^\.+', '_'
}

function Hide-Value([string] $Text) {
    # masks the text after a word such as 'password', up to the next blank, quote, or bracket
    $Text -replace '(?i)([\w-]*(?:passw(?:or)?d|pwd|secret|token|apikey|accountkey)[\w-]*["'']?\s*[:= ]\s*["'']?)[^\s"''<>,;]+', '$1***'
}

function Invoke-Part([string] $What, [scriptblock] $Work) {
    try { & $Work }
    catch {
        $script:Missed += "${What}: $($_.Exception.Message)"
        Write-Warning "$What could not be collected: $($_.Exception.Message)"
    }
}

# --- Azure ---

function Get-Azure([string] $Path) {
    $answer = Invoke-AzRestMethod -Method GET -Path $Path
    if ($answer.StatusCode -ge 300) { throw "HTTP $($answer.StatusCode) for $(($Path -split '\?')[0])" }
    $answer.Content
}

function Get-AzureList([string] $Path) {
    while ($Path) {
        $page = Get-Azure $Path | ConvertFrom-Json
        $page.value
        $Path = if ($page.PSObject.Properties['nextLink'] -and $page.nextLink) { ([uri] $page.nextLink).PathAndQuery }
    }
}

function Get-Resource([string] $Type, [string] $Version) {
    foreach ($id in $script:Subscriptions) {
        Get-AzureList "/subscriptions/$id/providers/${Type}?api-version=$Version"
    }
}

function Get-Names($Parameters) {
    $names = [ordered] @{}
    if ($Parameters) { foreach ($each in $Parameters.PSObject.Properties) { $names[$each.Name] = @{ value = '***' } } }
    $names
}

function Hide-Default($Definition) {
    $declared = $Definition.PSObject.Properties['parameters']
    if ($declared -and $declared.Value) {
        foreach ($each in $declared.Value.PSObject.Properties) {
            $secure = "$($each.Value.type)" -like 'secure*'
            if ($secure -and $each.Value.PSObject.Properties['defaultValue']) { $each.Value.defaultValue = '***' }
        }
    }
}

function Save-Automation {
    $version = 'api-version=2023-11-01'
    foreach ($account in Get-Resource 'Microsoft.Automation/automationAccounts' '2023-11-01') {
        $to = "automation/$(Get-SafeName $account.name)"
        foreach ($book in Get-AzureList "$($account.id)/runbooks?$version") {
            Invoke-Part "runbook $($book.name)" {
                $kind = if ("$($book.properties.runbookType)" -like 'Python*') { 'py' } else { 'ps1' }
                $name = Get-SafeName $book.name
                if ($book.properties.state -ne 'New') {
                    Write-Export $to "$name.$kind" (Get-Azure "$($book.id)/content?$version")
                }
                if ($book.properties.state -ne 'Published') {
                    Write-Export $to "$name.draft.$kind" (Get-Azure "$($book.id)/draft/content?$version")
                }
            }
        }
        $credentials = Get-AzureList "$($account.id)/credentials?$version"
        $names = @($credentials | ForEach-Object { [ordered] @{ name = $_.name; userName = $_.properties.userName } })
        $variables = @(Get-AzureList "$($account.id)/variables?$version" | ForEach-Object { $_.name })
        $schedules = Get-AzureList "$($account.id)/jobSchedules?$version"
        $jobs = @($schedules | ForEach-Object { "$($_.properties.runbook.name) by $($_.properties.schedule.name)" })
        $all = [ordered] @{ credentials = $names; variables = $variables; schedules = $jobs }
        Write-Export $to 'assets.json' (ConvertTo-Json -InputObject $all -Depth 10)
    }
}

function Save-LogicApps {
    foreach ($flow in Get-Resource 'Microsoft.Logic/workflows' '2019-05-01') {
        Invoke-Part "Logic App $($flow.name)" {
            $whole = Get-Azure "$($flow.id)?api-version=2019-05-01" | ConvertFrom-Json
            Hide-Default $whole.properties.definition
            $parameters = if ($whole.properties.PSObject.Properties['parameters']) { $whole.properties.parameters }
            $kept = [ordered] @{
                type = 'Microsoft.Logic/workflows'
                name = $whole.name
                properties = [ordered] @{
                    state = $whole.properties.state
                    definition = $whole.properties.definition
                    parameters = Get-Names $parameters
                }
            }
            Write-Export 'logicapps' "$(Get-SafeName $whole.name).json" (ConvertTo-Json -InputObject $kept -Depth 100)
        }
    }
}

function Save-DataFactory {
    foreach ($factory in Get-Resource 'Microsoft.DataFactory/factories' '2018-06-01') {
        foreach ($kind in 'pipelines', 'linkedservices', 'triggers') {
            Invoke-Part "$kind of $($factory.name)" {
                foreach ($each in Get-AzureList "$($factory.id)/${kind}?api-version=2018-06-01") {
                    $kept = [ordered] @{ name = $each.name; properties = $each.properties }
                    $to = "datafactory/$(Get-SafeName $factory.name)/$kind"
                    $text = ConvertTo-Json -InputObject $kept -Depth 100
                    Write-Export $to "$(Get-SafeName $each.name).json" $text
                }
            }
        }
    }
}

function Save-Apps {
    $secure = (Get-AzAccessToken).Token
    $token = if ($secure -is [securestring]) { [System.Net.NetworkCredential]::new('', $secure).Password } else { $secure }
    foreach ($app in Get-Resource 'Microsoft.Web/sites' '2023-12-01') {
        $to = "apps/$(Get-SafeName $app.name)"
        Invoke-Part "settings of $($app.name)" {
            # the one request that is no GET: it lists the settings, of which only the names are written
            $answer = Invoke-AzRestMethod -Method POST -Path "$($app.id)/config/appsettings/list?api-version=2023-12-01"
            if ($answer.StatusCode -ge 300) { throw "HTTP $($answer.StatusCode)" }
            $names = [ordered] @{}
            foreach ($each in ($answer.Content | ConvertFrom-Json).properties.PSObject.Properties) {
                $names[$each.Name] = '***'
            }
            Write-Export $to 'settings.json' (ConvertTo-Json -InputObject $names)
        }
        Invoke-Part "code of $($app.name)" {
            $scm = @($app.properties.enabledHostNames | Where-Object { $_ -like '*.scm.*' })[0]
            if (-not $scm) { throw 'it has no address for its code' }
            [void] [System.IO.Directory]::CreateDirectory([System.IO.Path]::Combine($Root, $to))
            $file = [System.IO.Path]::Combine($Root, $to, 'wwwroot.zip')
            $request = @{
                Uri = "https://$scm/api/zip/site/wwwroot/"
                Headers = @{ Authorization = "Bearer $token" }
                OutFile = $file
                UseBasicParsing = $true
            }
            Invoke-WebRequest @request
        }
    }
}

# --- this machine ---

function Copy-Script([string] $Command, [string] $Folder) {
    foreach ($found in [regex]::Matches($Command, '(?i)(?:[a-z]:|\\\\|/)[^"''<>|*?]*?\.(?:ps1|psm1|py|cmd|bat|vbs|sh|js|php|rb|pl)\b')) {
        if (Test-Path -LiteralPath $found.Value -PathType Leaf) {
            $name = Get-SafeName ([System.IO.Path]::GetFileName($found.Value))
            Write-Export $Folder $name ([System.IO.File]::ReadAllText($found.Value))
        }
    }
}

function Save-Tasks {
    if (-not (Get-Command Get-ScheduledTask -ErrorAction SilentlyContinue)) { return }
    $to = "tasks/$(Get-SafeName ([System.Environment]::MachineName))"
    foreach ($task in Get-ScheduledTask | Where-Object { $_.TaskPath -notlike '\Microsoft\*' }) {
        Invoke-Part "task $($task.TaskName)" {
            $text = Export-ScheduledTask -TaskName $task.TaskName -TaskPath $task.TaskPath
            Write-Export $to "$(Get-SafeName $task.TaskName).xml" (Hide-Value $text)
            foreach ($action in $task.Actions) {
                if ($action.PSObject.Properties['Execute']) { Copy-Script "$($action.Execute) $($action.Arguments)" $to }
            }
        }
    }
}

function Save-Cron {
    if (-not (Test-Path -LiteralPath '/etc' -PathType Container)) { return }
    $to = "cron/$(Get-SafeName ([System.Environment]::MachineName))"
    $files = Get-ChildItem -Path '/etc/crontab', '/etc/cron.*', '/etc/systemd/system', '/var/spool/cron' -File -Recurse -ErrorAction SilentlyContinue
    foreach ($file in $files) {
        Invoke-Part $file.FullName {
            $text = [System.IO.File]::ReadAllText($file.FullName)
            Write-Export $to (Get-SafeName $file.FullName.TrimStart('/')) (Hide-Value $text)
            Copy-Script $text $to
        }
    }
}

function Save-Sql {
    $query = 'SELECT j.name, s.step_id, s.subsystem, s.command FROM msdb.dbo.sysjobs j ' +
        'JOIN msdb.dbo.sysjobsteps s ON s.job_id = j.job_id'
    foreach ($server in $SqlServer) {
        Invoke-Part "SQL Server Agent of $server" {
            foreach ($step in Invoke-Sqlcmd -ServerInstance $server -Query $query -MaxCharLength 1000000) {
                $kind = if ($step.subsystem -eq 'PowerShell') { 'ps1' } else { 'txt' }
                $name = "$(Get-SafeName $step.name)-$($step.step_id).$kind"
                Write-Export "sql/$(Get-SafeName $server)" $name "$($step.command)"
            }
        }
    }
}

# --- all of it ---

$azure = @($Only | Where-Object { $_ -in 'automation', 'logicapps', 'datafactory', 'apps' })
$script:Subscriptions = $Subscription
if ($azure -and -not $Subscription) {
    Invoke-Part 'Azure' {
        $script:Subscriptions = @(Get-AzureList '/subscriptions?api-version=2022-12-01' | ForEach-Object { $_.subscriptionId })
    }
}
if ($Only -contains 'automation') { Invoke-Part 'Azure Automation' { Save-Automation } }
if ($Only -contains 'logicapps') { Invoke-Part 'Logic Apps' { Save-LogicApps } }
if ($Only -contains 'datafactory') { Invoke-Part 'Data Factory' { Save-DataFactory } }
if ($Only -contains 'apps') { Invoke-Part 'Functions and App Service' { Save-Apps } }
if ($Only -contains 'tasks') { Invoke-Part 'Scheduled tasks' { Save-Tasks } }
if ($Only -contains 'cron') { Invoke-Part 'Cron and systemd' { Save-Cron } }
if ($Only -contains 'sql') { Invoke-Part 'SQL Server Agent' { Save-Sql } }

if ($script:Missed) { Write-Export '.' 'not-collected.txt' (($script:Missed -join "`n") + "`n") }
Write-Output "Collected in $Root; not collected: $($script:Missed.Count). Now: pcmfa-lint sweep `"$Root`" --out sweep"
Write-Output 'Delete the folder after the sweep: code may contain passwords and tokens.'

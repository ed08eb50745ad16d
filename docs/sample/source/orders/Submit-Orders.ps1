. $PSScriptRoot/Get-PcToken.ps1

$token = Get-PcToken -User 'svc-orders@contoso.example' -Password $env:PC_PASSWORD
$headers = @{ Authorization = "Bearer $token" }
Import-Csv $PSScriptRoot/orders.csv | ForEach-Object {
    $order = @{ LineItems = @(@{ LineItemNumber = 0; OfferId = $_.Offer; Quantity = [int] $_.Seats }) } | ConvertTo-Json -Depth 5
    $address = "https://api.partnercenter.microsoft.com/v1/customers/$($_.Customer)/orders"
    Invoke-RestMethod $address -Method Post -Headers $headers -ContentType 'application/json' -Body $order
}

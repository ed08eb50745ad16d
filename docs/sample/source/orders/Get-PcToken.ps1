function Get-PcToken($User, $Password) {
    $body = @{
        grant_type = 'password'
        client_id  = '11111111-2222-3333-4444-555555555555'
        username   = $User
        password   = $Password
        resource   = 'https://api.partnercenter.microsoft.com'
    }
    $url = 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/token'
    (Invoke-RestMethod $url -Method Post -Body $body -ErrorAction Stop).access_token
}

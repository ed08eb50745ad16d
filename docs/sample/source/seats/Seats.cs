using System.Security;
using Microsoft.Identity.Client;

public class Seats
{
    private readonly IPublicClientApplication app =
        PublicClientApplicationBuilder.Create("11111111-2222-3333-4444-555555555555").Build();

    public async Task<string> SignIn(string user, SecureString password)
    {
        var scopes = new[] { "https://api.partnercenter.microsoft.com/user_impersonation" };
        var result = await app.AcquireTokenByUsernamePassword(scopes, user, password).ExecuteAsync();
        return result.AccessToken;
    }
}

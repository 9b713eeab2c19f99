using System.Globalization;
using System.Security.Claims;
using System.Text;
using Elsa.Extensions;
using Elsa.Identity.Contracts;
using Elsa.Identity.Entities;
using Elsa.Identity.Models;
using Elsa.Identity.Options;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Security.Keys;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FineTuneWorkflows.Server.Security.Sessions;

/// <summary>
/// Issues the tokens of a session, in place of Elsa's own: they carry when the session began, so that one that is refreshed ends when it would have ended anyway.
/// </summary>
internal sealed class SessionTokens(
    AdminIdentity identity, IRoleProvider roles, IHttpContextAccessor http, IOptions<IdentityTokenOptions> options, ServerOptions server, TimeProvider time) : IAccessTokenIssuer
{
    private const string RoleClaim = "role";

    public async ValueTask<IssuedTokens> IssueTokensAsync(User user, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        // Whoever has just given the password begins a session, whatever else the request carries.
        var began = identity.HasPassed ? now
            : SessionClaims.BeganAt(http.HttpContext?.User) ?? throw new InvalidOperationException("only a log-in or a session is given tokens");
        var granted = (await roles.FindByIdsAsync(user.Roles, cancellationToken).ConfigureAwait(false)).ToList();
        List<Claim> claims =
        [
            new Claim(JwtRegisteredClaimNames.Name, user.Name),
            new Claim(SessionClaims.Began, began.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), ClaimValueTypes.Integer64),
            .. granted.SelectMany(r => r.Permissions).Select(p => new Claim(Permissions.ClaimType, p)),
            .. granted.Select(r => new Claim(RoleClaim, r.Name)),
        ];
        var end = began + server.SessionLife;
        var access = now + options.Value.AccessTokenLifetime;
        return new(Token(claims, now, access < end ? access : end), Token(claims, now, end));
    }

    private string Token(List<Claim> claims, DateTimeOffset now, DateTimeOffset end) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = options.Value.Issuer,
        Audience = options.Value.Audience,
        Subject = new(claims),
        IssuedAt = now.UtcDateTime,
        NotBefore = now.UtcDateTime,
        Expires = end.UtcDateTime,
        SigningCredentials = new(new SymmetricSecurityKey(Encoding.ASCII.GetBytes(options.Value.SigningKey)), SecurityAlgorithms.HmacSha256),
    });
}

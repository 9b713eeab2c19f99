using System.Globalization;
using System.Security.Claims;

namespace FineTuneWorkflows.Server.Security.Sessions;

/// <summary>What a session's token tells of it. An API key has none of it, so it is no session.</summary>
internal static class SessionClaims
{
    /// <summary>When the token was issued, Unix seconds.</summary>
    public const string Issued = "iat";

    /// <summary>When the session began, Unix seconds; kept when its tokens are refreshed.</summary>
    public const string Began = "auth_time";

    /// <summary>When the caller's session began; null where the caller has none.</summary>
    public static DateTimeOffset? BeganAt(ClaimsPrincipal? caller) => TimeOf(caller, Began) ?? IssuedAt(caller);

    /// <summary>When the caller's token was issued; null where the caller has no session.</summary>
    public static DateTimeOffset? IssuedAt(ClaimsPrincipal? caller) => TimeOf(caller, Issued);

    private static DateTimeOffset? TimeOf(ClaimsPrincipal? caller, string claim) =>
        long.TryParse(caller?.FindFirst(claim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}

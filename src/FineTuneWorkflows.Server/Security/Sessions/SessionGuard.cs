using FineTuneWorkflows.Server.Hosting;

namespace FineTuneWorkflows.Server.Security.Sessions;

/// <summary>
/// Keeps API keys from where a session goes on: Elsa asks only for somebody who is known there, and would make an administrator's session of any key.
/// </summary>
internal sealed class SessionGuard(RequestDelegate next)
{
    private const string RefreshPath = $"{ElsaSetup.ApiPath}/identity/refresh-token";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } pattern } || !pattern.Trim('/').Equals(RefreshPath.Trim('/'), StringComparison.OrdinalIgnoreCase)
            || context.User.Identity?.IsAuthenticated != true || SessionClaims.IssuedAt(context.User) is not null)
            return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsJsonAsync(new { error = "an API key is no session", isAuthenticated = false }, context.RequestAborted);
    }
}

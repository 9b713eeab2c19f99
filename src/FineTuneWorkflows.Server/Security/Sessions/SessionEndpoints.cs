using Elsa.Identity.Contracts;
using FineTuneWorkflows.Server.Observability;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace FineTuneWorkflows.Server.Security.Sessions;

/// <summary>Logging out, and the check that tokens from before it no longer hold.</summary>
internal static class SessionEndpoints
{
    /// <summary>Where one logs out.</summary>
    public const string LogoutPath = "/api/logout";

    public static void AddSessions(this IServiceCollection services)
    {
        services.AddSingleton<SessionStore>();
        services.AddScoped<IAccessTokenIssuer, SessionTokens>();
        services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, options =>
        {
            options.Events ??= new();
            var before = options.Events.OnTokenValidated;
            options.Events.OnTokenValidated = async context =>
            {
                await before(context).ConfigureAwait(false);
                var sessions = context.HttpContext.RequestServices.GetRequiredService<SessionStore>();
                if (SessionClaims.IssuedAt(context.Principal) is not { } issued
                    || !await sessions.HoldsAsync(SecretStore.AdminName, issued, context.HttpContext.RequestAborted).ConfigureAwait(false))
                    context.Fail("the session was ended");
            };
        });
    }

    public static void MapSessions(this IEndpointRouteBuilder app) => app
        .MapPost(LogoutPath, async (SessionStore sessions, ILogger<SessionStore> logger, CancellationToken cancellationToken) =>
        {
            await sessions.EndAllAsync(SecretStore.AdminName, cancellationToken).ConfigureAwait(false);
            logger.LoggedOut(SecretStore.AdminName);
            return Results.NoContent();
        })
        // A key that may only read, or only run, must not end the sessions of people.
        .RequireAuthorization(policy => policy.RequireAuthenticatedUser().RequireClaim(SessionClaims.Issued));
}

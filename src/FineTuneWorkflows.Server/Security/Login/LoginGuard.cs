using System.Globalization;
using System.Net;
using System.Text.Json;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Security.Login;

/// <summary>
/// Stands before Elsa's log-in: bounds and logs attempts, checks the password, and answers a wrong one with 401 and a message where Elsa would answer 200. Elsa makes the tokens of what passed.
/// </summary>
internal sealed class LoginGuard(RequestDelegate next, LoginAttempts attempts, DesignerRequests designer, ILogger<LoginGuard> logger)
{
    /// <summary>Where Elsa's log-in is served.</summary>
    public const string Path = $"{ElsaSetup.ApiPath}/identity/login";

    private const int LongestBody = 4096;
    private const int LongestAccount = 100;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    // A check keeps a core busy for a good part of a second; more at once would starve the stages.
    private readonly SemaphoreSlim checks = new(2);

    public async Task InvokeAsync(HttpContext context, AdminIdentity identity)
    {
        if (!context.Request.Path.Value!.TrimEnd('/').Equals(Path, StringComparison.OrdinalIgnoreCase))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        if (await ReadAsync(context).ConfigureAwait(false) is not { Username: { } name, Password: { } password })
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "the body must be a JSON object with username and password").ConfigureAwait(false);
            return;
        }

        // As Elsa does.
        (name, password) = (name.Trim(), password.Trim());
        var address = designer.ClientOf(context);
        var account = Shown(name);
        if (attempts.Enter(account, address) is { } wait)
        {
            logger.LoginBounded(account, address);
            var seconds = (int)Math.Ceiling(wait.TotalSeconds);
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, $"there were too many failed log-ins; try again in {Math.Ceiling(wait.TotalMinutes)} minutes").ConfigureAwait(false);
            return;
        }

        if (!await CheckAsync(identity, name, password, context.RequestAborted).ConfigureAwait(false))
        {
            logger.LoginRefused(account, address);
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "the user name or the password is wrong").ConfigureAwait(false);
            return;
        }

        attempts.Succeeded(account, address);
        logger.LoggedIn(account, address);
        await next(context).ConfigureAwait(false);
    }

    private static Task RefuseAsync(HttpContext context, int status, string error)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error, isAuthenticated = false }, context.RequestAborted);
    }

    // What somebody typed goes into the log: short, and without anything that moves a terminal's cursor.
    private static string Shown(string name) => string.Concat((name.Length > LongestAccount ? name[..LongestAccount] : name).Select(c => char.IsControl(c) ? '?' : c));

    private async Task<bool> CheckAsync(AdminIdentity identity, string name, string password, CancellationToken cancellationToken)
    {
        await checks.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => identity.Check(name, password), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            checks.Release();
        }
    }

    // Leaves the body to be read again.
    private static async Task<Credentials?> ReadAsync(HttpContext context)
    {
        var buffer = new byte[LongestBody + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted).ConfigureAwait(false);
        if (length > LongestBody)
            return null;
        context.Request.Body = new MemoryStream(buffer, 0, length);
        try
        {
            return JsonSerializer.Deserialize<Credentials>(buffer.AsSpan(0, length), Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Credentials(string? Username, string? Password);
}

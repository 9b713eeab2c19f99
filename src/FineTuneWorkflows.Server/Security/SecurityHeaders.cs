namespace FineTuneWorkflows.Server.Security;

/// <summary>Tells browsers what our pages may load and that nobody may frame them.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    // The shortcuts of Elsa Studio's editor and of its list of instances stand in its pages as scripts. Their SHA-256 of Studio 3.7.1, with either kind of line end, as it may be built on any system.
    private const string ElsaShortcuts =
        "'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc=' 'sha256-lKDJG/NiBCEnTgooVpS6GQJ5n5PtU5yXtc3wmhZRA/U=' "
        + "'sha256-vu6sQrKXQHR4Yn3FMMihA/9TxxfIXnCxKwvLrTPJ5ts=' 'sha256-Nh3zW/byq7BPR5hI6fOAbu2SFKA/EQxBA0FfIPQYH9E='";

    // The designer's components write styles into elements, and its code editor starts its worker from a blob.
    private const string Policy =
        "default-src 'self'; script-src 'self' " + ElsaShortcuts + "; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        return next(context);
    }
}

using System.Security.Claims;

namespace FineTuneWorkflows.Server.Security.Keys;

/// <summary>What an API key may do.</summary>
/// <param name="Text">As it is written: <c>admin</c>, <c>run</c>, <c>read</c>, or <c>webhook:PATH</c>.</param>
internal sealed record KeyScope(string Text)
{
    private const string WebhookPrefix = "webhook:";

    /// <summary>Everything, other keys included.</summary>
    public static KeyScope Admin { get; } = new("admin");

    /// <summary>How scopes are written, for messages.</summary>
    public const string Forms = "admin, run, read or webhook:PATH, such as webhook:on-new-data";

    /// <summary>The webhook that the key may call; null where it is not a webhook's key.</summary>
    public string? Webhook => Text.StartsWith(WebhookPrefix, StringComparison.Ordinal) ? "/" + Text[WebhookPrefix.Length..].Trim('/') : null;

    /// <summary>Reads a scope.</summary>
    /// <returns>Null where the text is none.</returns>
    public static KeyScope? Parse(string? text) =>
        text is "admin" or "run" or "read" || text?.StartsWith(WebhookPrefix, StringComparison.Ordinal) == true && text[WebhookPrefix.Length..].Trim('/').Length > 0 ? new(text) : null;

    /// <summary>Whether the key may call a webhook.</summary>
    /// <param name="route">Its path, such as <c>/on-new-data</c>.</param>
    public bool AllowsWebhook(string route) => Webhook is { } own ? own.Equals(route, StringComparison.OrdinalIgnoreCase) : Text is "admin" or "run";

    /// <summary>What a caller with the key may do at the API. A webhook's key may do nothing there.</summary>
    public IEnumerable<Claim> Claims() => (Text switch
    {
        "admin" => [Permissions.All],
        "run" => Permissions.Running,
        "read" => Permissions.Reading,
        _ => (IReadOnlyList<string>)[],
    }).Select(p => new Claim(Permissions.ClaimType, p));
}

namespace FineTuneWorkflows.Server.Security.Keys;

/// <summary>The permissions that Elsa's endpoints and ours ask for. A caller has them as claims.</summary>
internal static class Permissions
{
    /// <summary>The claims' type.</summary>
    public const string ClaimType = "permissions";

    /// <summary>Everything, API keys included.</summary>
    public const string All = "*";

    public const string ReadRuns = "read:workflow-instances";
    public const string ReadDefinitions = "read:workflow-definitions";
    public const string Start = "exec:workflow-definitions";
    public const string Cancel = "cancel:workflow-instances";

    /// <summary>What one needs to look at definitions and runs.</summary>
    public static IReadOnlyList<string> Reading { get; } =
    [
        ReadRuns, ReadDefinitions, "read:activity-execution", "read:activity-descriptors", "read:activity-descriptors-options", "read:expression-descriptors", "read:variable-descriptors",
        "read:storage-drivers", "read:workflow-activation-strategies", "read:incident-strategies", "read:commit-strategies", "read:log-persistence-strategies", "read:installed-features",
    ];

    /// <summary>What one needs to start, retry and cancel runs, and to look at them.</summary>
    public static IReadOnlyList<string> Running { get; } = [.. Reading, Start, Cancel];

    /// <summary>Lets in who has the permission, or all of them.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder endpoints, string permission)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(policy => policy.RequireAuthenticatedUser().RequireClaim(ClaimType, permission, All));
}

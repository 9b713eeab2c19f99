namespace FineTuneWorkflows.Server.Hosting;

/// <summary>A setting of the server: one name for the environment and <c>appsettings.json</c>, which is also its name on the command line in lower case.</summary>
/// <param name="Name">The variable, such as <c>FINETUNE_CPU_JOBS</c>.</param>
/// <param name="Help">What it does, with its default.</param>
/// <param name="IsSecret">Whether it is kept off the command line, which every user of the machine can read.</param>
public sealed record ServerSetting(string Name, string Help, bool IsSecret = false)
{
    /// <summary>The option, such as <c>--cpu-jobs</c>; null for a secret.</summary>
    public string? Option { get; } = IsSecret ? null : "--" + Name[ServerSettings.Prefix.Length..].Replace('_', '-').ToLowerInvariant();
}

using System.Collections.Concurrent;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Text.Sources.Hub;

namespace FineTuneWorkflows.Stages;

/// <summary>What <c>BaseModel</c> parameters take: a preset, a folder, or a model of the Hugging Face Hub.</summary>
internal static class BaseModels
{
    private static readonly ConcurrentDictionary<string, string> Fetched = new(StringComparer.Ordinal);

    /// <summary>For the message that a base model's folder is missing.</summary>
    public static string Advice { get; } =
        $"a base model is a folder in Hugging Face's layout, hf://owner/name[@revision], or one of the presets {string.Join(", ", ModelPresets.Names)}, which start from scratch";

    private static string CacheFolder => Environment.GetEnvironmentVariable("FINETUNE_HUB_CACHE") is { Length: > 0 } own
        ? own
        : Path.Combine(
            OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "finetune", "hub");

    /// <summary>
    /// The base's folder. A model of the hub is brought into the cache first, once in a process: its files' digests are what a fingerprint has of it, and a branch may move between runs.
    /// </summary>
    /// <exception cref="FineTuneWorkflows.Text.TextDataException">The hub has no such model, or does not answer.</exception>
    public static string Folder(string baseModel) => HubReference.Is(baseModel)
        ? Fetched.GetOrAdd(baseModel, static reference => new HuggingFaceHub().FetchAsync(reference, CacheFolder).GetAwaiter().GetResult())
        : baseModel;
}

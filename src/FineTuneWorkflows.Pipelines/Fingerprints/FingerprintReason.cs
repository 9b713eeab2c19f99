namespace FineTuneWorkflows.Pipelines.Fingerprints;

/// <summary>Says in words how what a stage is asked to do differs from what it was asked the last time.</summary>
internal static class FingerprintReason
{
    /// <summary>Such as <c>MaxLength changed 64 -> 128; `dataset` changed</c>; null where nothing did.</summary>
    public static string? Between(FingerprintDocument before, FingerprintDocument now)
    {
        var reasons = new List<string>();
        if (before.Stage != now.Stage)
            reasons.Add($"its type changed {before.Stage} -> {now.Stage}");
        else if (before.Version != now.Version)
            reasons.Add($"the stage's code changed, version {before.Version} -> {now.Version}");
        foreach (var (name, old, current) in Changes(before.Parameters, now.Parameters))
            if (!now.Files.ContainsKey(name) && !before.Files.ContainsKey(name))
                reasons.Add($"{name} changed {Show(old)} -> {Show(current)}");
        foreach (var (name, old, current) in Changes(before.Files, now.Files))
            reasons.Add(
                old is null || current is null ? $"{name} changed"
                : IsPinned(old) && IsPinned(current) ? $"{name} moved {old} -> {current}"
                : IsPinned(old) || IsPinned(current) ? $"{name} changed"
                : $"the content of {name} changed");
        foreach (var (name, old, current) in Changes(before.Inputs, now.Inputs))
            reasons.Add(old is null ? $"`{name}` is new" : current is null ? $"`{name}` is gone" : $"`{name}` changed");
        return reasons.Count == 0 ? null : string.Join("; ", reasons);
    }

    private static IEnumerable<(string Name, string? Old, string? Current)> Changes(SortedList<string, string> before, SortedList<string, string> now) =>
        before.Keys.Union(now.Keys, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(name => (name, before.GetValueOrDefault(name), now.GetValueOrDefault(name)))
            .Where(change => change.Item2 != change.Item3);

    private static bool IsPinned(string digest) => digest.Contains("://", StringComparison.Ordinal);

    private static string Show(string? value) => value switch
    {
        null => "(unset)",
        "" => "(empty)",
        { Length: > 40 } => value[..37] + "...",
        _ => value,
    };
}

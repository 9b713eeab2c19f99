using System.Text.RegularExpressions;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Sources.Hub;

namespace FineTuneWorkflows.Stages.FineTune;

/// <summary>What a model card says of the base.</summary>
/// <param name="Repository">Its name on the hub; null where it came from a folder, whose name is nobody else's concern.</param>
/// <param name="Commit">Its commit on the hub; null where it came from a folder.</param>
/// <param name="License">The licence that the base's own card names; null where it names none.</param>
/// <param name="Weights">The files of its weights and their SHA-256.</param>
internal sealed partial record CardBase(string? Repository, string? Commit, string? License, IReadOnlyList<(string Name, string Sha256)> Weights)
{
    private const long LongestCard = 1 << 20;

    /// <summary>Reads what there is of a base.</summary>
    /// <param name="pinned">The reference to its commit on the hub; null where it came from a folder.</param>
    /// <param name="files">The base's files.</param>
    public static CardBase Of(string? pinned, IReadOnlyList<InputFile> files)
    {
        var reference = pinned is null ? null : HubReference.Parse(pinned);
        var card = files.FirstOrDefault(f => f.RelativePath == ModelCard.FileName && f.Length <= LongestCard);
        return new(
            reference?.Repository,
            reference?.Revision,
            card is null ? null : LicenseIn(File.ReadLines(card.FullPath)),
            [.. files.Where(f => f.RelativePath.EndsWith(".safetensors", StringComparison.Ordinal)).OrderBy(f => f.RelativePath, StringComparer.Ordinal).Select(f => (f.RelativePath, f.Sha256))]);
    }

    private static string? LicenseIn(IEnumerable<string> lines)
    {
        using var each = lines.GetEnumerator();
        if (!each.MoveNext() || each.Current.TrimEnd() != "---")
            return null;
        while (each.MoveNext() && each.Current.TrimEnd() != "---")
            if (LicenseLine().Match(each.Current) is { Success: true } match)
                return match.Groups[1].Value;
        return null;
    }

    [GeneratedRegex(@"\Alicense:\s*[""']?([A-Za-z0-9][A-Za-z0-9._-]{0,63})[""']?\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LicenseLine();
}

using System.Globalization;
using System.Text;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Pipelines.Fingerprints;

namespace FineTuneWorkflows.Pipelines.Artifacts;

/// <summary>
/// The list of an artifact's files. Its text, one <c>sha256 size path</c> line per file in ordinal order of the paths, is what the artifact's digest is taken of.
/// </summary>
internal sealed record ArtifactManifest(IReadOnlyList<ArtifactManifest.Entry> Files)
{
    public string Text
    {
        get
        {
            var text = new StringBuilder();
            foreach (var file in Files.OrderBy(f => f.Path, StringComparer.Ordinal))
                text.Append(file.Sha256).Append(' ').Append(file.Length.ToString(CultureInfo.InvariantCulture)).Append(' ').Append(file.Path).Append('\n');
            return text.ToString();
        }
    }

    public string Digest => DigestOf(Text);

    public static string DigestOf(string text) => ContentDigest.Of(text);

    /// <summary>Null where the text is no manifest.</summary>
    public static ArtifactManifest? Parse(string text)
    {
        var files = new List<Entry>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ', 3);
            if (parts.Length != 3 || parts[0].Length != 64 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
                return null;
            files.Add(new(parts[2], length, parts[0]));
        }

        return new(files);
    }

    internal sealed record Entry(string Path, long Length, string Sha256);
}

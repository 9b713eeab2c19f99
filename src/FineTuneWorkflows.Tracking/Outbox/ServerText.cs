using System.Text;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>Makes keys and values fit the server's limits, the same way each time.</summary>
internal static class ServerText
{
    /// <summary>The tag by which a run on the server is known to be a run of ours.</summary>
    internal const string RunIdTag = "finetune.run_id";

    /// <summary>The tag with the full digest of a data set, logged model or version.</summary>
    internal const string DigestTag = "finetune.digest";

    /// <summary>The tag with the number that a version has here.</summary>
    internal const string VersionTag = "finetune.version";

    /// <summary>The folder among a run's artifacts that keeps values that were cut.</summary>
    internal const string CutFolder = "cut";

    private const int HashLength = 8;

    /// <summary>The key itself where the server takes it; else one like it that it takes, told apart from others by a hash of the original.</summary>
    internal static string Key(string key)
    {
        if (key.Length <= MlflowLimits.Key && MlflowLimits.KeyFault(key) is null) return key;
        var parts = key.Split('/').Select(part => part is "" or "." or ".." ? "_" : part.TrimStart('.'));
        var text = new StringBuilder();
        foreach (var character in string.Join('/', parts)) text.Append(MlflowLimits.IsAllowed(character) ? character : '_');
        var longest = MlflowLimits.Key - HashLength - 1;
        if (text.Length > longest) text.Length = longest;
        return $"{text.ToString().TrimEnd('/')}_{Hash(key)}";
    }

    /// <summary>The value itself, or its beginning and a word on where the whole is.</summary>
    internal static string Cut(string value, int limit, string artifact)
    {
        if (value.Length <= limit) return value;
        var note = $"... (cut from {value.Length} characters; whole in artifact {artifact})";
        var end = limit - note.Length;
        if (char.IsHighSurrogate(value[end - 1])) end--;
        return value[..end] + note;
    }

    /// <summary>Where the whole of a cut value lies among the artifacts.</summary>
    internal static string CutArtifact(string kind, string key)
    {
        var name = new StringBuilder();
        foreach (var character in key.AsSpan(0, Math.Min(key.Length, 80)))
            name.Append(char.IsAsciiLetterOrDigit(character) || character is '-' or '_' ? character : '_');
        return $"{CutFolder}/{kind}/{name}_{Hash(key)}.txt";
    }

    /// <summary>A text in a search filter.</summary>
    internal static string Quote(string text) => text.Contains('\'', StringComparison.Ordinal) ? $"\"{text}\"" : $"'{text}'";

    private static string Hash(string text) => ContentDigest.Of(text)[..HashLength];
}

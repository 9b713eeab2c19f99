namespace FineTuneWorkflows.Tracking.Events;

/// <summary>
/// What a run's page says of it, as Markdown (the tag <see cref="Tag"/>). Another run of ours is named as <c>{run:ID}</c>: where the server knows it, this becomes a link to its page, else its id.
/// </summary>
/// <param name="RunId">The run's local id.</param>
/// <param name="Markdown">The text; the last one counts.</param>
public sealed partial record RunDescribed(string RunId, string Markdown) : TrackingEvent(RunId)
{
    /// <summary>The tag that holds the text.</summary>
    public const string Tag = "mlflow.note.content";

    /// <summary>A run's name inside the text.</summary>
    public static string Reference(string runId) => $"{{run:{runId}}}";

    /// <summary>The text with its runs named by what <paramref name="link"/> says.</summary>
    internal string With(Func<string, string> link) => Named().Replace(Markdown, match => link(match.Groups[1].Value));

    [System.Text.RegularExpressions.GeneratedRegex(@"\{run:([^{}]+)\}", System.Text.RegularExpressions.RegexOptions.CultureInvariant)]
    private static partial System.Text.RegularExpressions.Regex Named();
}

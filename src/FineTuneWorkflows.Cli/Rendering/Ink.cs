using FineTuneWorkflows.Pipelines.Execution;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>Colours for a terminal (ECMA-48 SGR), or none.</summary>
internal readonly record struct Ink(bool On)
{
    public string Paint(string text, string? code) => On && code is not null && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;

    public string Bold(string text) => Paint(text, "1");

    public string Dim(string text) => Paint(text, "2");

    public static string? CodeOf(StageOutcome outcome) => outcome switch
    {
        StageOutcome.Executed => "32",
        StageOutcome.UpToDate => "36",
        StageOutcome.Failed => "31",
        StageOutcome.Cancelled => "33",
        _ => "2",
    };
}

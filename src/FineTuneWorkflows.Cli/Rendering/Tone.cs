namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>How a piece of a line looks.</summary>
internal enum Tone
{
    Plain,
    Dim,
    Bold,
    Bar,
    Running,
    Executed,
    UpToDate,
    Failed,
}

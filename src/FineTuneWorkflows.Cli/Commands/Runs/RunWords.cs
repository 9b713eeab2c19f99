using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.Runs;

/// <summary>States of runs as users see them.</summary>
internal static class RunWords
{
    public static TextTable.Cell State(RunState state) => state switch
    {
        RunState.Running => new("running", "36"),
        RunState.Interrupted => new("interrupted", "33"),
        RunState.Succeeded => new("succeeded", "32"),
        RunState.Failed => new("failed", "31"),
        RunState.Cancelled => new("cancelled", "33"),
        RunState.Damaged => new("damaged", "31"),
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}

using System.Globalization;
using System.Text;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>What a run's page says: what its user says of it, then of its stages how each ended and why, and which run made what was up to date.</summary>
internal static class RunPage
{
    public static string Markdown(string runId, IReadOnlyList<StageFinished> stages, string? description = null)
    {
        var text = new StringBuilder(description is null ? "" : description + "\n\n").Append("| Stage | Outcome | Time | Reason |\n|---|---|---:|---|\n");
        foreach (var stage in stages)
        {
            var time = stage.Outcome is StageOutcome.Skipped or StageOutcome.UpToDate ? "" : stage.Seconds.ToString("0.0 s", CultureInfo.InvariantCulture);
            var maker = stage.Outcome == StageOutcome.UpToDate && stage.MadeByRun is { } made && made != runId ? $", made by run {RunDescribed.Reference(made)}" : "";
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(stage.StageId)} | {stage.Outcome.Name()} | {time} | {Cell(stage.Reason)}{maker} |\n");
        }

        return text.ToString();
    }

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}

using System.Text;
using System.Text.Json;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Cli.Commands.Plan;

/// <summary>What a run would do, as a table or as JSON.</summary>
internal static class PlanReport
{
    public static void Write(IReadOnlyList<PlannedStage> planned, Pipeline pipeline, CommandContext context, bool asJson)
    {
        if (asJson)
            context.Out.WriteLine(Json(planned));
        else if (context.Verbosity != Verbosity.Quiet)
            WriteTable(planned, pipeline, context);
    }

    private static void WriteTable(IReadOnlyList<PlannedStage> planned, Pipeline pipeline, CommandContext context)
    {
        foreach (var note in pipeline.Notes)
            context.Ink.WriteText(context.Out, $"note: {note}");
        var table = new TextTable("Stage", "Plan", "Reason").Cut(0).Hang();
        foreach (var step in planned)
            table.Add(step.Stage.Name, new(Name(step.Action), Code(step.Action)), step.Action == PlannedAction.Reuse ? "" : step.Reason);
        table.Write(context.Out, context.Ink);
        // Of stages that want the same, the one that wants most of it: what is there is not downloaded again.
        foreach (var (stage, download) in planned.SelectMany(p => p.Downloads.Select(d => (p.Stage.Name, d))).GroupBy(d => d.d.Pinned, StringComparer.Ordinal).Select(g => g.MaxBy(d => d.d.Bytes)))
            context.Ink.WriteText(context.Out, $"note: {stage}: {download.Pinned} is not downloaded yet; a run downloads {(download.Bytes is { } bytes ? Words.Size(bytes) : "it")}");
        var changes = planned.Count(p => p.Action is PlannedAction.Execute or PlannedAction.Depends);
        context.Out.WriteLine();
        context.Ink.WriteText(
            context.Out, planned.FirstOrDefault(p => p.Action == PlannedAction.Fail) is { } failing ? $"{failing.Stage.Name} would fail: {failing.Reason}"
            : changes == 0 ? "Everything is up to date."
            : $"{Words.Count(changes, "stage")} of {planned.Count} out of date.");
    }

    private static string Json(IReadOnlyList<PlannedStage> planned)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteBoolean("upToDate", planned.All(p => p.Action is PlannedAction.Reuse or PlannedAction.Skip));
            json.WriteStartArray("stages");
            foreach (var step in planned)
            {
                json.WriteStartObject();
                json.WriteString("id", step.Stage.Name);
                json.WriteString("type", step.Stage.Descriptor.Type);
                json.WriteString("action", JsonName(step.Action));
                json.WriteString("reason", step.Reason);
                if (step.Downloads.Count > 0)
                    WriteDownloads(json, step);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteDownloads(Utf8JsonWriter json, PlannedStage step)
    {
        json.WriteStartArray("downloads");
        foreach (var download in step.Downloads)
        {
            json.WriteStartObject();
            json.WriteString("name", download.Pinned);
            if (download.Bytes is { } bytes)
                json.WriteNumber("bytes", bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Name(PlannedAction action) => action switch
    {
        PlannedAction.Reuse => "up to date",
        PlannedAction.Execute => "execute",
        PlannedAction.Depends => "depends",
        PlannedAction.Skip => "skip",
        PlannedAction.Fail => "fail",
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    private static string JsonName(PlannedAction action) => action switch
    {
        PlannedAction.Reuse => "reuse",
        PlannedAction.Execute => "execute",
        PlannedAction.Depends => "depends",
        PlannedAction.Skip => "skip",
        PlannedAction.Fail => "fail",
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    private static string? Code(PlannedAction action) => Ink.CodeOf(action switch
    {
        PlannedAction.Reuse => StageOutcome.UpToDate,
        PlannedAction.Execute => StageOutcome.Executed,
        PlannedAction.Depends => StageOutcome.Cancelled,
        PlannedAction.Fail => StageOutcome.Failed,
        _ => StageOutcome.Skipped,
    });
}

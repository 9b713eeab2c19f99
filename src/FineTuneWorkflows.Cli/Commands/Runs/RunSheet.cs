using System.Globalization;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.Runs;

/// <summary>All that is known of a run, for reading.</summary>
internal static class RunSheet
{
    public static void Write(RunDetails run, StageCatalog catalog, TextWriter writer, Ink ink)
    {
        var state = RunWords.State(run.State);
        ink.WriteLine(writer, $"Run {ink.Bold(run.RunId)} of {VisibleText.Of(run.Name)}: {ink.Paint(state.Text, state.Code)}");
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"started {run.Started.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, took {Words.Duration(run.Duration.TotalSeconds)}{(run.Attempts > 1 ? $" in {run.Attempts} attempts" : "")}, engine {run.Engine}"));
        if (run.Definition is { } definition)
            writer.WriteLine($"from {definition}");
        if (run.Tags.GetValueOrDefault(RunLabels.DescriptionTag) is { Length: > 0 } description)
            writer.WriteLine(description);

        writer.WriteLine();
        var stages = new TextTable("Stage", "Outcome", "Time", "Reason").AlignRight(2).Cut(0).Hang();
        foreach (var stage in run.Stages)
            stages.Add(
                stage.Id, stage.Outcome is { } outcome ? new(outcome.Name(), Ink.CodeOf(outcome)) : new(run.State == RunState.Running ? "running" : "interrupted", "33"),
                stage.Outcome is null or StageOutcome.Skipped ? "" : Words.Duration(stage.Seconds), stage.Reason + Origin(stage, run));
        stages.Write(writer, ink);

        WriteTexts("Properties", run.Properties, writer, ink);
        foreach (var stage in run.Stages)
            WriteTexts($"Parameters of {stage.Id}", stage.Parameters.Where(p => !IsUsual(catalog.Find(stage.Type)?.Parameter(p.Key), p.Value)).ToDictionary(), writer, ink);
        WriteMetrics(run, writer, ink);
        WriteTexts("Tags", run.Tags.Where(t => !t.Key.StartsWith("mlflow.", StringComparison.Ordinal)).Concat(run.Stages.SelectMany(s => s.Tags)).GroupBy(t => t.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal), writer, ink);
        WriteTexts(
            "Artifacts", run.Stages.SelectMany(s => s.Artifacts.Select(a => KeyValuePair.Create($"{s.Id}/{a.Key}", a.Value))).ToDictionary(StringComparer.Ordinal), writer, ink);
        if (run.Notes.Count == 0)
            return;
        writer.WriteLine();
        ink.WriteLine(writer, ink.Bold("Notes"));
        foreach (var note in run.Notes)
            foreach (var (i, line) in VisibleText.Wrap(note, ink.Width == int.MaxValue ? ink.Width : ink.Width - 4).Index())
                writer.WriteLine($"  {(i == 0 ? "" : "  ")}{line}");
    }

    // How a stage is executed (its retries, its time limit) is worth a line only where somebody chose it.
    private static bool IsUsual(ParameterDescriptor? parameter, string value) =>
        parameter is { Category: "Execution" } && parameter.TryConvert(value, out var typed, out _) && Equals(typed, parameter.DefaultValue);

    private static string Origin(RunDetails.Stage stage, RunDetails run) =>
        stage.Outcome == StageOutcome.UpToDate && stage.MadeByRun is { } maker && maker != run.RunId ? $" (made by run {maker})" : "";

    private static void WriteTexts(string heading, IReadOnlyDictionary<string, string> texts, TextWriter writer, Ink ink)
    {
        if (texts.Count == 0)
            return;
        writer.WriteLine();
        ink.WriteLine(writer, ink.Bold(heading));
        var table = new TextTable("", "").Hang();
        foreach (var (name, text) in texts.OrderBy(t => t.Key, StringComparer.Ordinal))
            table.Add(name, text);
        table.Write(writer, ink, "  ");
    }

    private static void WriteMetrics(RunDetails run, TextWriter writer, Ink ink)
    {
        var metrics = run.Metrics();
        if (metrics.Count == 0)
            return;
        writer.WriteLine();
        ink.WriteLine(writer, ink.Bold("Metrics"));
        var table = new TextTable("", "").Cut(0);
        foreach (var (key, value) in metrics)
            table.Add(key, Words.Number(value));
        table.Write(writer, ink, "  ");
        foreach (var (key, series) in run.Series.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (Curve.Lines(series.Points, ink.Width) is not { Count: > 0 } lines)
                continue;
            writer.WriteLine();
            ink.WriteLine(writer, string.Create(CultureInfo.InvariantCulture, $"{ink.Bold(key)}, steps {series.Points[0].Step} to {series.Last.Step}"));
            foreach (var line in lines)
                writer.WriteLine($"  {line}");
        }
    }
}

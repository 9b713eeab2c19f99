using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Stages.Evaluate;

namespace FineTuneWorkflows.Cli.Commands.Run;

/// <summary>What a user is told when a run is over.</summary>
internal static class RunReport
{
    /// <param name="result">The run.</param>
    /// <param name="context">Where to write.</param>
    /// <param name="pathOf">Where the home keeps an artifact of that digest.</param>
    /// <param name="shared">What a registered model, by name and digest, became on the tracking server; null where it is not known there.</param>
    public static void Write(RunResult result, CommandContext context, Func<string, string> pathOf, Func<string, string, string?> shared)
    {
        var (writer, ink) = (context.Out, context.Ink);
        writer.WriteLine();
        var table = new TextTable("Stage", "Outcome", "Time", "Reason").AlignRight(2).Cut(0, 3);
        foreach (var (stage, outcome) in result.Stages)
            table.Add(stage.Name, new(outcome.Outcome.Name(), Ink.CodeOf(outcome.Outcome)), outcome.Outcome == StageOutcome.Skipped ? "" : Words.Duration(outcome.Seconds),
                // Why a stage failed is said once, as an error.
                outcome.Outcome == StageOutcome.Failed ? "" : outcome.Reason);
        table.Write(writer, ink);
        writer.WriteLine();
        ink.WriteText(writer, $"Run {result.RunId} {result.Status.Name()}: {string.Join(", ", Counts(result))}.");
        if (result.Status != RunStatus.Succeeded)
            return;
        WriteQuality(result.Metrics(), writer, ink);
        WriteModel(result, context, pathOf, shared);
    }

    /// <summary>The failed stages, one line each, for standard error; with what to do next.</summary>
    public static void WriteFailures(RunResult result, CommandContext context)
    {
        foreach (var (stage, outcome) in result.Stages)
        {
            if (outcome.Outcome != StageOutcome.Failed)
                continue;
            if (outcome.Error is DefinitionException wrong)
                foreach (var problem in wrong.Problems)
                    context.Console.Error.WriteLine($"error: {problem}; nothing was executed");
            else
                context.Console.Error.WriteLine($"error: stage {stage.Name} failed: {outcome.Reason}");
            if (context.Verbosity == Verbosity.Diagnostic)
                context.Console.Error.WriteLine(outcome.Error);
        }

        if (result.Status == RunStatus.Cancelled)
            context.Console.Error.WriteLine("cancelled; run again to go on from here");
    }

    private static List<string> Counts(RunResult result)
    {
        var counts = new List<string>();
        foreach (var outcome in (StageOutcome[])[StageOutcome.Executed, StageOutcome.UpToDate, StageOutcome.Failed, StageOutcome.Cancelled, StageOutcome.Skipped])
        {
            var count = 0;
            foreach (var (_, stage) in result.Stages)
                count += stage.Outcome == outcome ? 1 : 0;
            if (count > 0)
                counts.Add($"{count} {outcome.Name()}");
        }

        return counts;
    }

    private static void WriteQuality(IReadOnlyDictionary<string, double> metrics, TextWriter writer, Ink ink)
    {
        if (Scores.Table(metrics) is not { } table)
            return;
        writer.WriteLine();
        table.Write(writer, ink);
        foreach (var sentence in Verdict.Of(metrics))
            ink.WriteText(writer, $"Note: {sentence}.");
    }

    private static void WriteModel(RunResult result, CommandContext context, Func<string, string> pathOf, Func<string, string, string?> shared)
    {
        var tags = result.Tags();
        var name = tags.GetValueOrDefault("model/name");
        var alias = tags.GetValueOrDefault("model/alias");
        var path = tags.TryGetValue("model/digest", out var digest) ? pathOf(digest) : null;
        if ((name, path) is (null, null))
        {
            // Not registered, such as a base model: its folder is what the next pipeline starts from.
            foreach (var (_, stage) in result.Stages)
                path = stage.Artifacts.TryGetValue("model", out var made) ? made.Path : path;
            if (path is null)
                return;
            context.Out.WriteLine();
            context.Out.WriteLine($"Model   {path}");
            return;
        }

        context.Out.WriteLine();
        var version = tags.TryGetValue("model/version", out var number) ? $" version {number}" : "";
        var here = $"{version}{(alias is null ? "" : $" @{alias}")}";
        // Others count the versions of the server; this home has numbers of its own.
        var there = name is not null && digest is not null ? shared(name, digest) : null;
        var called = name is null ? null : there is null ? $"{name}{here}" : $"{name} {there} (here{here})";
        var apart = called is not null && path is not null && $"Model   {called}  {path}".Length > context.Ink.Width;
        context.Out.WriteLine($"Model   {string.Join(apart ? "\n        " : "  ", ((string?[])[called, path]).Where(p => p is not null))}");
        var model = name is not null && alias is not null ? $"{name}@{alias}" : path;
        if (model is not null)
            context.Out.WriteLine($"Next    {context.Console.CommandName()} predict --model {Quoted(model)} --text \"...\"");
    }

    private static string Quoted(string text) => text.Contains(' ', StringComparison.Ordinal) ? $"\"{text}\"" : text;
}

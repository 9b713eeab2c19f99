using System.CommandLine;
using FineTuneWorkflows.Cli.Commands.Plan;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Cli.Commands.Run;

/// <summary><c>finetune run</c></summary>
internal sealed class RunCommand : CliCommand
{
    private readonly Option<string[]> force = new("--force")
    {
        Description = "Execute this stage even if it is up to date; without a name, every stage. May be repeated.",
        HelpName = "STAGE",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> parallel = Options.WholeNumber("--max-parallel", ["-m"], "How many stages may run at once. Default: 1.", "N", 1, 256);
    private readonly Option<string?> question = Options.Flag("--question", "Run nothing; exit with 3 if anything is out of date.");
    private readonly Option<string?> dryRun = Options.Flag("--dry-run", "Run nothing; say what would run and why.");
    private readonly Option<string?> json = Options.Json("Print one JSON object and nothing else to standard output.");
    private readonly Option<string?> home = Options.Home();
    private PipelineOptions? pipelineOptions;
    private LabelOptions? labels;

    public override void Configure(Command command)
    {
        pipelineOptions = new(command, withTargets: true);
        labels = new(command);
        foreach (var option in (Option[])[force, parallel, question, dryRun, json, home])
            command.Options.Add(option);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var (forceAll, forced, definition) = Forced(parsed, context);
        var pipeline = pipelineOptions!.Read(parsed, context, definition);
        var options = new RunOptions
        {
            ForceAll = forceAll,
            Force = [.. forced.SelectMany(pipeline.Select).Select(s => s.Name)],
            MaxParallel = parsed.NumberOf(parallel, 1),
            Labels = labels!.Read(parsed),
            BeforeFirst = Preflight.Of(pipeline),
        };
        var onlyLooks = parsed.Has(question) || parsed.Has(dryRun);
        using var open = onlyLooks ? OpenHome.Find(context, parsed.GetValue(home)) : OpenHome.Open(context, parsed.GetValue(home));
        context.Interruption.Listen();
        if (onlyLooks)
        {
            var planned = await open.Engine.Runner.PlanAsync(pipeline, options, context.CancellationToken).ConfigureAwait(false);
            PlanReport.Write(planned, pipeline, context, parsed.Has(json));
            return parsed.Has(question) && planned.Any(p => p.Action is not (PlannedAction.Reuse or PlannedAction.Skip)) ? ExitCode.OutOfDate : ExitCode.Done;
        }

        return await RunAsync(pipeline, options, open, context, parsed.Has(json)).ConfigureAwait(false);
    }

    private static async Task<int> RunAsync(Pipeline pipeline, RunOptions options, OpenHome open, CommandContext context, bool asJson)
    {
        RunResult result;
        // The display ends before the others, which may have something to say at their end.
        await using (var hosted = RunObservers.Of(context, open.Services))
        await using (var console = ConsoleObserver.Create(pipeline, context, asJson))
            result = await open.Engine.Runner.RunAsync(pipeline, options, [console, .. hosted.All], context.CancellationToken).ConfigureAwait(false);

        if (asJson)
            context.Out.WriteLine((result.Summary() with { Notes = pipeline.Notes.Count > 0 ? pipeline.Notes : null }).ToJson());
        else if (context.Verbosity != Verbosity.Quiet)
            RunReport.Write(result, context, open.Engine.Artifacts.PathOf, open.Shared(context));
        RunReport.WriteFailures(result, context);
        return result.Status == RunStatus.Failed && result.Stages.Any(s => s.Result.Error is DefinitionException) ? ExitCode.Wrong : ExitCode.Of(result.Status);
    }

    // `run --force workflows/a.json`: the parser takes the definition for the name of a stage.
    private (bool All, List<string> Stages, string? Definition) Forced(ParseResult parsed, CommandContext context)
    {
        if (parsed.GetResult(force) is not { } result)
            return (false, [], null);
        var names = result.Tokens.Select(t => t.Value).ToList();
        var all = result.IdentifierTokenCount > names.Count;
        if (pipelineOptions!.DefinitionFile(parsed) is not null
            || names.FindIndex(n => n.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || File.Exists(Path.Combine(context.Console.Folder, n))) is not (>= 0 and var index))
            return (all, names, null);
        var definition = names[index];
        names.RemoveAt(index);
        return (true, names, definition);
    }
}

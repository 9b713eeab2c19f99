using System.CommandLine;
using FineTuneWorkflows.Cli.Commands.Run;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages.Experiments;

namespace FineTuneWorkflows.Cli.Commands.Experiments;

/// <summary><c>finetune sweep</c></summary>
internal sealed class SweepCommand : CliCommand
{
    private readonly Option<string[]> over = new("--over") { Description = "Tries these values of a property or of a stage's parameter, such as --over LearningRate=1e-5,3e-5 or --over Tokenize.MaxLength=64,128. Repeated: all combinations.", HelpName = "Name=V,V" };
    private readonly Option<string[]> repeat = new("--repeat") { Description = "Repeats each trial with these values, such as --repeat Seed=1,2,3, and takes the mean.", HelpName = "Name=V,V" };
    private readonly Option<string?> metric = new("--metric") { Description = "The metric to compare trials by. Default: best_validation/accuracy.", HelpName = "KEY" };
    private readonly Option<string?> minimize = Options.Flag("--minimize", "Choose the least value of the metric, not the greatest.");
    private readonly Option<string?> trialsOnly = Options.Flag("--trials-only", "Do not run the whole pipeline with the best values at the end.");
    private readonly Option<string?> dryRun = Options.Flag("--dry-run", "Run nothing; list the trials.");
    private readonly Option<string?> home = Options.Home();
    private PipelineOptions? pipelineOptions;
    private LabelOptions? labels;

    public override void Configure(Command command)
    {
        pipelineOptions = new(command, withTargets: true);
        labels = new(command);
        foreach (var option in (Option[])[over, repeat, metric, minimize, trialsOnly, dryRun, home])
            command.Options.Add(option);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var grid = Grid("--over", parsed.GetValue(over) ?? []);
        var repeats = Grid("--repeat", parsed.GetValue(repeat) ?? []);
        if (grid.Axes.Count == 0)
            throw new CommandException("sweep over what? Such as --over LearningRate=1e-5,3e-5");
        if (grid.Axes.Select(a => a.Name).Intersect(repeats.Axes.Select(a => a.Name), StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } both)
            throw new CommandException($"{both} is given to --over and to --repeat; trials are compared over the one and averaged over the other");

        // All trials are read and checked before the first one runs.
        var plan = new SweepPlan(
            [.. grid.Combinations().Select(values => new Candidate(values))], repeats.Combinations(), parsed.GetValue(metric) ?? "best_validation/accuracy", parsed.Has(minimize),
            (values, whole) => Pipeline(parsed, context, values, whole)) { Labels = labels!.Read(parsed) };
        plan.Check();
        if (MetricCheck.Problem(plan.Metric, plan.Read(plan.Trials().First().Values, false).Stages) is { } problem)
            throw new CommandException($"--metric: a trial {problem}");
        if (parsed.Has(dryRun))
        {
            foreach (var trial in plan.Trials())
                context.Out.WriteLine(ParameterGrid.Text(trial.Values));
            return ExitCode.Done;
        }

        using var open = OpenHome.Open(context, parsed.GetValue(home));
        context.Interruption.Listen();
        await using var observers = RunObservers.Of(context, open.Services);
        var sweep = new Sweep(plan, open.Home, new ConsoleExperimentHost(open, context, plan.Metric), context.Host.Time);
        var result = await sweep.RunAsync(whole: !parsed.Has(trialsOnly), observers.All).ConfigureAwait(false);
        if (result.Status != RunStatus.Cancelled && result.Ranking.Count == 0)
            context.Console.Error.WriteLine($"error: no trial has the metric {plan.Metric}; set --metric, or look at `{context.Console.CommandName()} runs show latest`");
        if (result.Whole is { } last && context.Verbosity != Verbosity.Quiet)
            RunReport.Write(last, context, open.Engine.Artifacts.PathOf, open.Shared(context));
        return ExitCode.Of(result.Status);
    }

    private static ParameterGrid Grid(string option, IEnumerable<string> given)
    {
        try
        {
            return ParameterGrid.Parse(option, given);
        }
        catch (ExperimentException e)
        {
            throw new CommandException(e.Message);
        }
    }

    // A trial goes as far as the model: its test data and its registration are for the one that is chosen.
    private Pipeline Pipeline(ParseResult parsed, CommandContext context, IEnumerable<KeyValuePair<string, string>> values, bool whole)
    {
        var pipeline = pipelineOptions!.Read(parsed, context, overrides: values);
        return whole || pipelineOptions.HasTargets(parsed) ? pipeline : pipeline.UpTo("model");
    }
}

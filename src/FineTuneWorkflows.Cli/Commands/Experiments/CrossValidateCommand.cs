using System.CommandLine;
using System.Globalization;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages.Experiments;

namespace FineTuneWorkflows.Cli.Commands.Experiments;

/// <summary><c>finetune crossvalidate</c></summary>
internal sealed class CrossValidateCommand : CliCommand
{
    private readonly Option<int> folds = new("--folds") { Description = "The number of folds, 2 to 1000. The definition's properties Folds and Fold, or the parameters of the stage that has them, are set to it and to 0, 1, ... in turn.", HelpName = "K", DefaultValueFactory = _ => 5 };
    private readonly Option<string?> home = Options.Home();
    private PipelineOptions? pipelineOptions;
    private LabelOptions? labels;

    public override void Configure(Command command)
    {
        pipelineOptions = new(command, withTargets: true);
        labels = new(command);
        command.Options.Add(folds);
        command.Options.Add(home);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var count = parsed.GetValue(folds);
        if (count is < 2 or > 1000)
            throw new CommandException($"--folds is {count}; a cross-validation has 2 to 1000 folds");
        // All folds are read and checked before the first one runs.
        Pipeline[] pipelines = [.. Enumerable.Range(0, count).Select(fold => Pipeline(parsed, context, count, fold))];
        using var open = OpenHome.Open(context, parsed.GetValue(home));
        context.Interruption.Listen();
        await using var observers = RunObservers.Of(context, open.Services);
        var validation = new CrossValidation(pipelines, labels!.Read(parsed), open.Home, new ConsoleExperimentHost(open, context), context.Host.Time);
        var result = await validation.RunAsync(observers.All).ConfigureAwait(false);
        if (result.Status != RunStatus.Cancelled && result.Scores.Count > 0)
            Report(result.Scores, count, context);
        return ExitCode.Of(result.Status);
    }

    private static void Report(FoldScores scores, int folds, CommandContext context)
    {
        var table = new TextTable("metric", "mean", "std. dev.", "min", "max").AlignRight(1, 2, 3, 4).LeaveOut(3, 4).Cut(0);
        foreach (var row in scores.Rows())
            table.Add(row.Metric, Words.Number(row.Mean), double.IsNaN(row.Deviation) ? "" : Words.Number(row.Deviation), Words.Number(row.Least), Words.Number(row.Most));
        context.Out.WriteLine();
        context.Out.WriteLine($"{scores.Count} of {Words.Count(folds, "fold")}");
        table.Write(context.Out, context.Ink);
    }

    // A fold goes as far as the model: the test data and the registration are for a model of all the data.
    private Pipeline Pipeline(ParseResult parsed, CommandContext context, int count, int fold)
    {
        var pipeline = pipelineOptions!.Read(
            parsed, context, overrides: [new(CrossValidation.Folds, count.ToString(CultureInfo.InvariantCulture)), new(CrossValidation.Fold, fold.ToString(CultureInfo.InvariantCulture))]);
        return pipelineOptions.HasTargets(parsed) ? pipeline : pipeline.UpTo("model");
    }
}

using System.CommandLine;
using System.Globalization;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Cli.Commands.CrossValidate;

/// <summary><c>finetune crossvalidate</c></summary>
internal sealed class CrossValidateCommand : CliCommand
{
    /// <summary>The properties that a definition has, or the parameters of one of its stages: the number of folds, and the one to validate on.</summary>
    public const string Folds = "Folds", Fold = "Fold";

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
        return await new CrossValidationRun(pipelines, labels!.Read(parsed), open, context).RunAsync().ConfigureAwait(false) switch
        {
            RunStatus.Succeeded => ExitCode.Done,
            RunStatus.Cancelled => ExitCode.Cancelled,
            _ => ExitCode.Failed,
        };
    }

    // A fold goes as far as the model: the test data and the registration are for a model of all the data.
    private Pipeline Pipeline(ParseResult parsed, CommandContext context, int count, int fold)
    {
        var pipeline = pipelineOptions!.Read(
            parsed, context, overrides: [new(Folds, count.ToString(CultureInfo.InvariantCulture)), new(Fold, fold.ToString(CultureInfo.InvariantCulture))]);
        if (pipelineOptions.HasTargets(parsed))
            return pipeline;
        var makers = pipeline.Stages.Where(s => s.Descriptor.Produces.Contains("model")).Select(s => s.Name).ToList();
        return makers.Count > 0 ? pipeline.WithTargets(makers) : pipeline;
    }
}

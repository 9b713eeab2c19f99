using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Stages.Estimates;

namespace FineTuneWorkflows.Cli.Commands.Validate;

/// <summary><c>finetune validate</c></summary>
internal sealed class ValidateCommand : CliCommand
{
    private PipelineOptions? pipelineOptions;

    public override void Configure(Command command) => pipelineOptions = new(command, withTargets: false);

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var pipeline = pipelineOptions!.Read(parsed, context);
        var trainings = PipelinePreflight.Of(pipeline);
        trainings.Refuse();
        if (context.Verbosity == Verbosity.Quiet)
            return Task.FromResult(ExitCode.Done);
        foreach (var note in pipeline.Notes.Concat(trainings.Notes))
            context.Ink.WriteText(context.Out, $"note: {note}");
        context.Out.WriteLine($"{pipeline.Definition.File}: {pipeline.Definition.Name}, {Words.Count(pipeline.Stages.Count, "stage")}, nothing wrong");
        return Task.FromResult(ExitCode.Done);
    }
}

using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;

namespace FineTuneWorkflows.Cli.Commands.Validate;

/// <summary><c>finetune validate</c></summary>
internal sealed class ValidateCommand : CliCommand
{
    private PipelineOptions? pipelineOptions;

    public override void Configure(Command command) => pipelineOptions = new(command, withTargets: false);

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var pipeline = pipelineOptions!.Read(parsed, context);
        if (context.Verbosity == Verbosity.Quiet)
            return Task.FromResult(ExitCode.Done);
        foreach (var note in pipeline.Notes)
            context.Out.WriteLine($"note: {note}");
        context.Out.WriteLine($"{pipeline.Definition.File}: {pipeline.Definition.Name}, {Words.Count(pipeline.Stages.Count, "stage")}, nothing wrong");
        return Task.FromResult(ExitCode.Done);
    }
}

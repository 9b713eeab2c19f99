using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;

namespace FineTuneWorkflows.Cli.Commands.Graph;

/// <summary><c>finetune graph</c></summary>
internal sealed class GraphCommand : CliCommand
{
    private PipelineOptions? pipelineOptions;

    public override void Configure(Command command) => pipelineOptions = new(command, withTargets: true);

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        context.Out.Write(MermaidGraph.Of(pipelineOptions!.Read(parsed, context)));
        return Task.FromResult(ExitCode.Done);
    }
}

using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Pipelines.Execution;

namespace FineTuneWorkflows.Cli.Commands.Plan;

/// <summary><c>finetune status</c></summary>
internal sealed class StatusCommand : CliCommand
{
    private readonly Option<string?> json = Options.Json("Print one JSON object instead of the table.");
    private readonly Option<string?> home = Options.Home();
    private PipelineOptions? pipelineOptions;

    public override void Configure(Command command)
    {
        pipelineOptions = new(command, withTargets: true);
        command.Options.Add(json);
        command.Options.Add(home);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var pipeline = pipelineOptions!.Read(parsed, context);
        using var open = OpenHome.Find(context, parsed.GetValue(home));
        context.Interruption.Listen();
        PlanReport.Write(await open.Engine.Runner.PlanAsync(pipeline, new RunOptions(), context.CancellationToken).ConfigureAwait(false), pipeline, context, parsed.Has(json));
        return ExitCode.Done;
    }
}

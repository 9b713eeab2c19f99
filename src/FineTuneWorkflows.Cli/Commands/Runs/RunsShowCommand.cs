using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.Runs;

/// <summary><c>finetune runs show</c></summary>
internal sealed class RunsShowCommand : CliCommand
{
    private readonly Argument<string> id = new("ID") { Description = "The run: its id, a beginning or end of it, or latest." };
    private readonly Option<string?> json = Options.Json("Print one JSON object instead of the sheet.");
    private readonly Option<string?> home = Options.Home();

    public override void Configure(Command command)
    {
        command.Arguments.Add(id);
        command.Options.Add(json);
        command.Options.Add(home);
    }

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var history = new RunHistory(OpenHome.Locate(context, parsed.GetValue(home)));
        var run = history.Read(history.Resolve(parsed.GetRequiredValue(id)));
        if (parsed.Has(json))
            context.Out.WriteLine(RunsJson.Details(run));
        else
            RunSheet.Write(run, context.Host.Catalog(), context.Out, context.Ink);
        return Task.FromResult(ExitCode.Done);
    }
}

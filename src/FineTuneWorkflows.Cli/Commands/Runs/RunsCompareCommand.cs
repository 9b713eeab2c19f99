using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.Runs;

/// <summary><c>finetune runs compare</c></summary>
internal sealed class RunsCompareCommand : CliCommand
{
    private readonly Argument<string> first = new("A") { Description = "A run: its id, a beginning or end of it, or latest." };
    private readonly Argument<string> second = new("B") { Description = "Another one." };
    private readonly Option<string?> json = Options.Json("Print one JSON object instead of the tables.");
    private readonly Option<string?> home = Options.Home();

    public override void Configure(Command command)
    {
        command.Arguments.Add(first);
        command.Arguments.Add(second);
        command.Options.Add(json);
        command.Options.Add(home);
    }

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var history = new RunHistory(OpenHome.Locate(context, parsed.GetValue(home)));
        var (a, b) = (history.Resolve(parsed.GetRequiredValue(first)), history.Resolve(parsed.GetRequiredValue(second)));
        var (before, after) = (history.Read(a), history.Read(b));
        if (parsed.Has(json))
            context.Out.WriteLine(RunsJson.Comparison(before, after, RunComparison.Differing(before, after)));
        else
            RunComparison.Write(before, after, context.Out, context.Ink);
        return Task.FromResult(ExitCode.Done);
    }
}

using System.CommandLine;
using System.Globalization;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.Runs;

/// <summary><c>finetune runs</c></summary>
internal sealed class RunsCommand : CliCommand
{
    private readonly Option<string?> limit = Options.WholeNumber("--limit", ["-n"], "How many of the newest runs to list. Default: 20.", "N", 1, int.MaxValue);
    private readonly Option<string?> json = Options.Json("Print a JSON list instead of the table.");
    private readonly Option<string?> home = Options.Home();

    public override IReadOnlyList<Subcommand> Subcommands =>
    [
        new("show", "Shows a run: its stages, parameters, metrics and their curves.", new RunsShowCommand()),
        new("compare", "Compares two runs: the parameters that differ, and the metrics side by side.", new RunsCompareCommand()),
    ];

    public override void Configure(Command command)
    {
        command.Options.Add(limit);
        command.Options.Add(json);
        command.Options.Add(home);
    }

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var folder = OpenHome.Locate(context, parsed.GetValue(home));
        var runs = new RunHistory(folder).All().Take(parsed.NumberOf(limit, 20)).ToList();
        if (parsed.Has(json))
        {
            context.Out.WriteLine(RunsJson.List(runs));
            return Task.FromResult(ExitCode.Done);
        }

        if (runs.Count == 0)
        {
            context.Out.WriteLine($"No runs in {folder.Root}");
            return Task.FromResult(ExitCode.Done);
        }

        var table = new TextTable("Run", "Pipeline", "State", "Started (UTC)", "Took", "Executed", "Result").AlignRight(4, 5).LeaveOut(5, 3, 4).Cut(1);
        foreach (var run in runs)
            table.Add(
                run.RunId, run.Name, RunWords.State(run.State), run.Started?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "",
                run.Started is null ? "" : Words.Duration(run.Duration.TotalSeconds),
                run.Summary is null ? "" : $"{run.Summary.Stages.Count(s => s.Outcome == "executed")}/{run.Summary.Stages.Count}",
                run.Summary is null ? "" : Scores.Headline(run.Summary.Metrics));
        table.Write(context.Out, context.Ink);
        return Task.FromResult(ExitCode.Done);
    }
}

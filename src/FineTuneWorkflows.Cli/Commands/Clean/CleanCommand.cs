using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;

namespace FineTuneWorkflows.Cli.Commands.Clean;

/// <summary><c>finetune clean</c></summary>
internal sealed class CleanCommand() : CliCommand("clean", "Removes artifacts that no recent run uses and checkpoints that were left behind.")
{
    private readonly Option<int> keepRuns = Options.WholeNumber("--keep-runs", [], "How many of the newest runs keep what they used.", "N", 0, int.MaxValue, 10);
    private readonly Option<int> olderThan = Options.WholeNumber("--older-than", [], "Checkpoints of unfinished stages go after this many days.", "DAYS", 0, 36_500, 7);
    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Only say what would be removed." };
    private readonly Option<string?> home = Options.Home();

    public override void Configure(Command command)
    {
        foreach (var option in (Option[])[keepRuns, olderThan, dryRun, home])
            command.Options.Add(option);
    }

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        using var open = OpenHome.Open(context, parsed.GetValue(home));
        var only = parsed.GetValue(dryRun);
        var report = open.Engine.Cleaner.Clean(
            parsed.GetValue(keepRuns), TimeSpan.FromDays(parsed.GetValue(olderThan)), context.Host.Pinned(open.Home, open.Services), only);
        if (context.Verbosity != Verbosity.Quiet)
            context.Out.WriteLine(
                $"{(only ? "Would remove" : "Removed")} {Words.Count(report.Artifacts, "artifact")}, {Words.Count(report.Records, "record")} and {Words.Count(report.WorkFolders, "work folder")}: {Words.Size(report.Bytes)}.");
        return Task.FromResult(ExitCode.Done);
    }
}

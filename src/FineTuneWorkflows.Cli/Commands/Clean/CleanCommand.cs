using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;

namespace FineTuneWorkflows.Cli.Commands.Clean;

/// <summary><c>finetune clean</c></summary>
internal sealed class CleanCommand : CliCommand
{
    private readonly Option<string?> keepRuns = Options.WholeNumber("--keep-runs", [], "How many of the newest runs keep what they used. Default: 10.", "N", 0, int.MaxValue);
    private readonly Option<string?> olderThan = Options.WholeNumber("--older-than", [], "Checkpoints of unfinished stages go after this many days. Default: 7.", "DAYS", 0, 36_500);
    private readonly Option<string?> dryRun = Options.Flag("--dry-run", "Only say what would be removed.");
    private readonly Option<string?> home = Options.Home();

    public override void Configure(Command command)
    {
        foreach (var option in (Option[])[keepRuns, olderThan, dryRun, home])
            command.Options.Add(option);
    }

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        using var open = OpenHome.OpenExisting(context, parsed.GetValue(home));
        var only = parsed.Has(dryRun);
        var report = open.Engine.Cleaner.Clean(
            parsed.NumberOf(keepRuns, 10), TimeSpan.FromDays(parsed.NumberOf(olderThan, 7)), context.Host.Pinned(open.Services), only);
        if (context.Verbosity != Verbosity.Quiet)
            context.Out.WriteLine(
                $"{(only ? "Would remove" : "Removed")} {Words.Count(report.Artifacts, "artifact")}, {Words.Count(report.Records, "record")} and {Words.Count(report.WorkFolders, "work folder")}: {Words.Size(report.Bytes)}.");
        return Task.FromResult(ExitCode.Done);
    }
}

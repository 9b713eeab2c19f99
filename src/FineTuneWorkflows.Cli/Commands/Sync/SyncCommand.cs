using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages.Tracking;

namespace FineTuneWorkflows.Cli.Commands.Sync;

/// <summary><c>finetune sync</c></summary>
internal sealed class SyncCommand : CliCommand
{
    private readonly Option<string?> timeout = Options.WholeNumber("--timeout", [], "Give up after this many seconds; what is left stays for the next time. Default: 300.", "SECONDS", 1, 86_400);
    private readonly Option<string?> to = new("--to") { Description = "Deliver all runs to this server, also those that another server has. Default: MLFLOW_TRACKING_URI, which gets only what it does not have yet.", HelpName = "URI" };
    private readonly Option<string?> retry = Options.Flag("--retry", "Try again what the server would not take.");
    private readonly Option<string?> restore = Options.Flag("--restore", "Take back, on the server, that runs and their experiments were deleted, and go on.");
    private readonly Option<string?> recreate = Options.Flag("--recreate", "Make runs that were deleted on the server anew there, with all that is known of them.");
    private readonly Option<string?> discard = Options.Flag("--discard", "Give up what the server would not take; what is kept here stays.");
    private readonly Option<string?> home = Options.Home();

    public override void Configure(Command command)
    {
        foreach (var option in (Option[])[timeout, to, retry, restore, recreate, discard, home])
            command.Options.Add(option);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var sync = context.Host.Sync ?? throw new CommandException("this build of finetune has no tracking");
        var request = new SyncRequest(TimeSpan.FromSeconds(parsed.NumberOf(timeout, 300)), parsed.GetValue(to), Wish(parsed));
        var found = OpenHome.Locate(context, parsed.GetValue(home));
        if (!found.Exists || (!File.Exists(found.StateDatabase) && !new RunHistory(found).Ids().Any()))
        {
            context.Out.WriteLine(found.Exists ? $"Nothing to deliver: there are no runs in {found.Root}" : $"Nothing to deliver: there is no home in {found.Root}");
            return ExitCode.Done;
        }

        using var open = OpenHome.OpenExisting(context, parsed.GetValue(home));
        context.Interruption.Listen();
        var (delivered, message) = await sync(open.Services, request, context.CancellationToken).ConfigureAwait(false);
        (delivered ? context.Out : context.Console.Error).WriteLine(message);
        return delivered ? ExitCode.Done : ExitCode.Failed;
    }

    private RefusedWish Wish(ParseResult parsed)
    {
        var wishes = new List<(Option Option, RefusedWish Wish)> { (retry, RefusedWish.Retry), (restore, RefusedWish.Restore), (recreate, RefusedWish.Recreate), (discard, RefusedWish.Discard) }
            .FindAll(w => parsed.Has(w.Option));
        return wishes.Count switch
        {
            0 => RefusedWish.Keep,
            1 => wishes[0].Wish,
            _ => throw new CommandException($"{string.Join(" and ", wishes.Select(w => w.Option.Name))} contradict each other; give one of them"),
        };
    }
}

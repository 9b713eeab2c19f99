using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Commands.Sync;

/// <summary><c>finetune sync</c></summary>
internal sealed class SyncCommand : CliCommand
{
    private readonly Option<string?> timeout = Options.WholeNumber("--timeout", [], "Give up after so many seconds; what is left stays for the next time. Default: 300.", "SECONDS", 1, 86_400);
    private readonly Option<string?> home = Options.Home();

    public override void Configure(Command command)
    {
        command.Options.Add(timeout);
        command.Options.Add(home);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var sync = context.Host.Sync ?? throw new CommandException("this build of finetune has no tracking");
        var found = OpenHome.Locate(context, parsed.GetValue(home));
        if (!found.Exists || (!File.Exists(found.StateDatabase) && !new RunHistory(found).Ids().Any()))
        {
            context.Out.WriteLine(found.Exists ? $"Nothing to deliver: there are no runs in {found.Root}" : $"Nothing to deliver: there is no home in {found.Root}");
            return ExitCode.Done;
        }

        using var open = OpenHome.OpenExisting(context, parsed.GetValue(home));
        context.Interruption.Listen();
        var (delivered, message) = await sync(open.Home, open.Services, TimeSpan.FromSeconds(parsed.NumberOf(timeout, 300)), context.CancellationToken).ConfigureAwait(false);
        (delivered ? context.Out : context.Console.Error).WriteLine(message);
        return delivered ? ExitCode.Done : ExitCode.Failed;
    }
}

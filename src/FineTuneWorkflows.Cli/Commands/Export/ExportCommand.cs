using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;

namespace FineTuneWorkflows.Cli.Commands.Export;

/// <summary><c>finetune export</c></summary>
internal sealed class ExportCommand : CliCommand
{
    private readonly Option<string?> folder = new("--file-store") { Description = "The folder to write; it must be empty or not exist yet.", HelpName = "DIR" };
    private readonly Option<string?> home = Options.Home();

    public override void Configure(Command command)
    {
        command.Options.Add(folder);
        command.Options.Add(home);
    }

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var export = context.Host.Export ?? throw new CommandException("this build of finetune has no tracking");
        var target = parsed.GetValue(folder) is { Length: > 0 } path
            ? Path.GetFullPath(path, context.Console.Folder)
            : throw new CommandException("where to? Give --file-store DIR, such as --file-store mlruns");
        using var open = OpenHome.OpenExisting(context, parsed.GetValue(home));
        context.Out.WriteLine(export(open.Services, target, context.CancellationToken));
        return Task.FromResult(ExitCode.Done);
    }
}

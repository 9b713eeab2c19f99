using System.CommandLine;
using FineTuneWorkflows.Cli.Commands.Clean;
using FineTuneWorkflows.Cli.Commands.Export;
using FineTuneWorkflows.Cli.Commands.Graph;
using FineTuneWorkflows.Cli.Commands.Plan;
using FineTuneWorkflows.Cli.Commands.Predict;
using FineTuneWorkflows.Cli.Commands.Run;
using FineTuneWorkflows.Cli.Commands.Runs;
using FineTuneWorkflows.Cli.Commands.Stages;
using FineTuneWorkflows.Cli.Commands.Sync;
using FineTuneWorkflows.Cli.Commands.Validate;

namespace FineTuneWorkflows.Cli.Parsing;

/// <summary>All commands, as the parser sees them. Only those that the command line names get their options: building all of them costs milliseconds on every start.</summary>
internal sealed class CommandTree
{
    private readonly Dictionary<Command, CliCommand> commands = [];
    private readonly Option<string?> verbosity = Options.Verbosity();
    private readonly RootCommand root = new("Fine-tunes language models on your own text: pipelines of stages, run only where something changed.");
    private readonly IReadOnlyList<string> args;

    public CommandTree(IReadOnlyList<string> args)
    {
        this.args = args;
        foreach (var command in (CliCommand[])
                 [
                     new RunCommand(), new StatusCommand(), new ValidateCommand(), new GraphCommand(), new StagesCommand(), new RunsCommand(),
                     new PredictCommand(), new SyncCommand(), new ExportCommand(), new CleanCommand(),
                 ])
            Add(root, command);
    }

    public ParseResult Parse() => root.Parse(args, new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null });

    /// <summary>The command that was asked for, or null where the parser itself answers (help, version).</summary>
    public CliCommand? CommandOf(ParseResult parsed) =>
        commands.TryGetValue(parsed.CommandResult.Command, out var command) && parsed.Action == parsed.CommandResult.Command.Action ? command : null;

    public Verbosity VerbosityOf(ParseResult parsed) => Options.VerbosityOf(parsed.GetValue(verbosity)) ?? Verbosity.Normal;

    private void Add(Command parent, CliCommand command)
    {
        var symbol = new Command(command.Name, command.Description);
        parent.Subcommands.Add(symbol);
        commands[symbol] = command;
        // What it does is decided by CommandOf; the parser only wants to see that the command can be used without a subcommand.
        symbol.SetAction(_ => 0);
        if (!args.Contains(command.Name))
            return;
        command.Configure(symbol);
        symbol.Options.Add(verbosity);
        foreach (var subcommand in command.Subcommands)
            Add(symbol, subcommand);
    }
}

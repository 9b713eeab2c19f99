using System.CommandLine;
using FineTuneWorkflows.Cli.Commands.Clean;
using FineTuneWorkflows.Cli.Commands.Estimate;
using FineTuneWorkflows.Cli.Commands.Export;
using FineTuneWorkflows.Cli.Commands.Graph;
using FineTuneWorkflows.Cli.Commands.Merge;
using FineTuneWorkflows.Cli.Commands.Plan;
using FineTuneWorkflows.Cli.Commands.Predict;
using FineTuneWorkflows.Cli.Commands.Run;
using FineTuneWorkflows.Cli.Commands.Runs;
using FineTuneWorkflows.Cli.Commands.Server;
using FineTuneWorkflows.Cli.Commands.Stages;
using FineTuneWorkflows.Cli.Commands.Experiments;
using FineTuneWorkflows.Cli.Commands.Sync;
using FineTuneWorkflows.Cli.Commands.Validate;

namespace FineTuneWorkflows.Cli.Parsing;

/// <summary>All commands, as the parser sees them. Only those that the command line names get their options: building all of them costs milliseconds on every start.</summary>
internal sealed class CommandTree
{
    private const string Description = "Fine-tunes language models on your own text, in pipelines whose stages run only when something changed.";
    private readonly Dictionary<Command, CliCommand> commands = [];
    private readonly Option<string?> verbosity = Options.Verbosity();
    private readonly Command root;
    private readonly IReadOnlyList<string> args;

    public CommandTree(IReadOnlyList<string> args)
    {
        this.args = args;
        root = ParserAnswers(args) ? new RootCommand(Description) : new Command("finetune", Description);
        Add("run", "Runs a pipeline: only the stages that changed, and those that depend on them.", () => new RunCommand());
        Add("status", "Shows what a run would execute, and why.", () => new StatusCommand());
        Add("sweep", "Tries all combinations of some values, then runs the whole pipeline with the best.", () => new SweepCommand());
        Add("crossvalidate", "Trains on each fold of the data, and shows mean and standard deviation of the metrics.", () => new CrossValidateCommand());
        Add("validate", "Checks a definition and its properties; runs nothing.", () => new ValidateCommand());
        Add("estimate", "Estimates the memory that each training of a pipeline needs, and shows what the machine has; runs nothing.", () => new EstimateCommand());
        Add("graph", "Draws a pipeline as a Mermaid flowchart.", () => new GraphCommand());
        Add("stages", "Lists the stages, or the parameters of one stage with types, defaults and ranges.", () => new StagesCommand());
        Add("runs", "Lists runs, shows one, or compares two.", () => new RunsCommand());
        Add("predict", "Predicts texts with a fine-tuned model.", () => new PredictCommand());
        Add("merge", "Merges LoRA adapters into their base.", () => new MergeCommand());
        Add("retry", "Retries the failed stages of a workflow instance on the server.", () => new RetryCommand());
        Add("keys", "Lists, creates and revokes API keys of the server.", () => new KeysCommand());
        Add("sync", "Delivers the history of runs to the MLflow server that MLFLOW_TRACKING_URI names.", () => new SyncCommand());
        Add("export", "Writes the history of runs as MLflow's file store, for `mlflow migrate-filestore`.", () => new ExportCommand());
        Add("clean", "Removes artifacts that no recent run uses, and abandoned checkpoints.", () => new CleanCommand());
    }

    public ParseResult Parse() => root.Parse(args, new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null });

    /// <summary>The command that was asked for, or null where the parser itself answers (help, version).</summary>
    public CliCommand? CommandOf(ParseResult parsed) =>
        commands.TryGetValue(parsed.CommandResult.Command, out var command) && parsed.Action == parsed.CommandResult.Command.Action ? command : null;

    public Verbosity VerbosityOf(ParseResult parsed) => Options.VerbosityOf(parsed.GetValue(verbosity)) ?? Verbosity.Normal;

    // The root command's help and version options read their descriptions from resources: a third of what parsing costs.
    private static bool ParserAnswers(IReadOnlyList<string> args) =>
        args.Count == 0 || args[0].StartsWith('[') || args.Any(arg => arg is "-h" or "--help" or "-?" or "/h" or "/?" or "--version");

    private void Add(string name, string description, Func<CliCommand> make)
    {
        var symbol = new Command(name, description);
        root.Subcommands.Add(symbol);
        if (args.Contains(name))
            Configure(symbol, make());
    }

    private void Configure(Command symbol, CliCommand command)
    {
        commands[symbol] = command;
        // What it does is decided by CommandOf; the parser only wants to see that the command can be used without a subcommand.
        symbol.SetAction(_ => 0);
        command.Configure(symbol);
        symbol.Options.Add(verbosity);
        foreach (var (name, description, subcommand) in command.Subcommands)
        {
            var below = new Command(name, description);
            symbol.Subcommands.Add(below);
            Configure(below, subcommand);
        }
    }
}

using System.CommandLine;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>The <c>finetune</c> command.</summary>
public sealed class CliApp
{
    private readonly CliHost host;
    private readonly CliConsole console;
    private readonly Interruption interruption;

    /// <summary>Puts it together.</summary>
    /// <param name="host">Stages and services.</param>
    /// <param name="console">Where it writes.</param>
    public CliApp(CliHost host, CliConsole console)
    {
        this.host = host;
        // Names and messages come from files: nothing in them steers the terminal.
        this.console = console with { Out = new VisibleWriter(console.Out), Error = new VisibleWriter(console.Error) };
        interruption = new(this.console);
    }

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <returns>The exit code, see <see cref="ExitCode"/>. Errors are printed, never thrown.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var tree = new CommandTree(args);
        var verbosity = Verbosity.Normal;
        try
        {
            var parsed = tree.Parse();
            if (parsed.Action is not System.CommandLine.Help.HelpAction && CommandLineErrors.Any(parsed))
                return CommandLineErrors.Print(parsed, console.Error);
            if (tree.CommandOf(parsed) is not { } command)
                return await parsed.InvokeAsync(Invocation()).ConfigureAwait(false);
            verbosity = tree.VerbosityOf(parsed);
            return await command.ExecuteAsync(parsed, new(host, console, interruption, verbosity)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return Report(e, verbosity);
        }
        finally
        {
            await console.Out.FlushAsync().ConfigureAwait(false);
            interruption.Dispose();
        }
    }

    /// <summary>Does what Ctrl-C does.</summary>
    internal void Interrupt() => interruption.Signal();

    private InvocationConfiguration Invocation() => new()
    {
        Output = console.Out, Error = console.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
    };

    private int Report(Exception e, Verbosity verbosity)
    {
        if (e is OperationCanceledException && interruption.Token.IsCancellationRequested)
            return ExitCode.Cancelled;
        var (messages, code) = e switch
        {
            CommandException command => ([command.Message], command.ExitCode),
            DefinitionException definition => (definition.Problems.Select(p => p.ToString()), ExitCode.Wrong),
            HomeException or RunHistoryException => ([e.Message], ExitCode.Wrong),
            _ => (Enumerable.Repeat(FailureText.Of(e), 1), ExitCode.Failed),
        };
        foreach (var message in messages)
            console.Error.WriteLine($"error: {message}");
        if (verbosity == Verbosity.Diagnostic)
            console.Error.WriteLine(e);
        return code;
    }
}

using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;

namespace FineTuneWorkflows.Cli.Parsing;

/// <summary>One command of the command line.</summary>
internal abstract class CliCommand
{
    /// <summary>Gives the parser the command's arguments, options and subcommands. Called only when the command line names the command.</summary>
    public abstract void Configure(Command command);

    /// <summary>The subcommands, if any. Each is a command of its own.</summary>
    public virtual IReadOnlyList<Subcommand> Subcommands => [];

    /// <summary>Does it.</summary>
    /// <returns>The exit code.</returns>
    public abstract Task<int> ExecuteAsync(ParseResult parsed, CommandContext context);

    /// <summary>A command below this one.</summary>
    public sealed record Subcommand(string Name, string Description, CliCommand Command);
}

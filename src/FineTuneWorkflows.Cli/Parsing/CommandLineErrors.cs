using System.CommandLine;
using System.CommandLine.Parsing;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Cli.Parsing;

/// <summary>Says what is wrong with a command line: one line, and where to read on.</summary>
internal static class CommandLineErrors
{
    /// <summary>Whether there is anything wrong. The parser takes a mistyped option for an argument where one is still free.</summary>
    public static bool Any(ParseResult parsed) => parsed.Errors.Count > 0 || StrayOption(parsed) is not null;

    public static int Print(ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        error.WriteLine($"error: {Message(parsed, command)}");
        error.WriteLine($"Try '{string.Join(' ', Path(parsed).Append("--help"))}'.");
        return ExitCode.Wrong;
    }

    private static string Message(ParseResult parsed, Command command)
    {
        var stray = StrayOption(parsed);
        if (stray is null && parsed.UnmatchedTokens.Count == 0)
            return IsRoot(parsed, command) ? $"which command? There are {string.Join(", ", command.Subcommands.Select(c => c.Name))}" : parsed.Errors[0].Message;
        var token = stray ?? parsed.UnmatchedTokens[0];
        if (token.StartsWith('-'))
        {
            var options = command.Options.SelectMany(o => o.Aliases.Append(o.Name));
            return $"{(IsRoot(parsed, command) ? "finetune" : command.Name)} has no option {token}{NameSuggestion.For(token, options)}";
        }

        return IsRoot(parsed, command)
            ? $"there is no command {token}{NameSuggestion.For(token, command.Subcommands.Select(c => c.Name))}"
            : $"{command.Name} does not know what to do with '{token}'";
    }

    private static string? StrayOption(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value).FirstOrDefault(t => t.Length > 1 && t[0] == '-');

    private static bool IsRoot(ParseResult parsed, Command command) => ReferenceEquals(command, parsed.RootCommandResult.Command);

    private static IEnumerable<string> Path(ParseResult parsed)
    {
        var path = new Stack<string>();
        for (var at = parsed.CommandResult; at is not null; at = at.Parent as CommandResult)
            path.Push(IsRoot(parsed, at.Command) ? "finetune" : at.Command.Name);
        return path;
    }
}

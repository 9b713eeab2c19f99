using System.Text;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>Where a command writes.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Errors and diagnosis.</param>
public sealed record CliConsole(TextWriter Out, TextWriter Error)
{
    /// <summary>Whether <see cref="Out"/> is a terminal that understands control sequences. Default: false.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Whether to use colours there: it is a terminal and <c>NO_COLOR</c> is not set. Default: false.</summary>
    public bool Colours { get; init; }

    /// <summary>Whether <see cref="Error"/> is such a terminal. Default: false.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Opens standard input. Default: the process's own.</summary>
    public Func<Stream> StandardInput { get; init; } = Console.OpenStandardInput;

    /// <summary>The width of a line, in characters. Default: 120.</summary>
    public int Width { get; init; } = 120;

    /// <summary>The folder that relative paths on the command line count from. Default: the current one.</summary>
    public string Folder { get; init; } = Environment.CurrentDirectory;

    /// <summary>What a user types to start this program. Default: <c>finetune</c>.</summary>
    public Func<string> CommandName { get; init; } = () => "finetune";

    /// <summary>Ends the process at once. Default: the process really ends.</summary>
    public Action<int> Exit { get; init; } = ProcessExit.Now;

    /// <summary>The process's own standard output and error. <c>System.Console</c>'s writers would read the terminal's description first; these cost nothing.</summary>
    public static CliConsole System()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        return new(
            TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput(), utf8, 1024) { AutoFlush = terminal, NewLine = "\n" }),
            TextWriter.Synchronized(new StreamWriter(Console.OpenStandardError(), utf8, 256) { AutoFlush = true, NewLine = "\n" }))
        {
            IsTerminal = terminal,
            IsErrorTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb",
            Colours = terminal && Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 },
            Width = terminal ? Math.Max(20, Console.WindowWidth) : 120,
            CommandName = StartedAs.CommandName,
        };
    }
}

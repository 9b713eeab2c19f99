using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>What a command has at hand.</summary>
/// <param name="Host">The parts it is put together from.</param>
/// <param name="Console">Where it writes.</param>
/// <param name="Interruption">The user's wish to stop.</param>
/// <param name="Verbosity">How much it says.</param>
internal sealed record CommandContext(CliHost Host, CliConsole Console, Interruption Interruption, Verbosity Verbosity)
{
    public TextWriter Out => Console.Out;

    /// <summary>At a terminal its colours and its width; elsewhere lines have no end.</summary>
    public Ink Ink => new(Console.Colours, Console.IsTerminal ? Console.Width : int.MaxValue);

    public CancellationToken CancellationToken => Interruption.Token;
}

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

    public Ink Ink => new(Console.Colours);

    public CancellationToken CancellationToken => Interruption.Token;
}

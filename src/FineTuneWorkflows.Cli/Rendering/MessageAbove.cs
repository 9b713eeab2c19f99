using Spectre.Console;
using Spectre.Console.Rendering;

namespace FineTuneWorkflows.Cli.Rendering;

// Inside the namespace, where it goes before our own FineTuneWorkflows.Text.
using Text = Spectre.Console.Text;

/// <summary>A message written where a live display stands, which is then drawn anew below it. What stood there is erased first, or its ends would show behind the message's lines.</summary>
internal sealed class MessageAbove(string message) : IRenderable
{
    private const string EraseBelow = "\u001b[J";

    private readonly IRenderable text = new Text(message);

    public Measurement Measure(RenderOptions options, int maxWidth) => text.Measure(options, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => [Segment.Control(EraseBelow), .. text.Render(options, maxWidth), Segment.LineBreak];
}

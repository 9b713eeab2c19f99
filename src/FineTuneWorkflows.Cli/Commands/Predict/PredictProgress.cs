using System.Globalization;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>How far predicting is, on standard error: a line that is written over at a terminal, elsewhere a line after ten seconds and then at each further tenth or half a minute.</summary>
internal sealed class PredictProgress : IDisposable
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(200), Shortest = TimeSpan.FromSeconds(10), Longest = TimeSpan.FromSeconds(30);

    private readonly TextWriter writer;
    private readonly TimeProvider time;
    private readonly bool terminal, on;
    private readonly int width;
    private readonly DateTimeOffset start;
    private DateTimeOffset last;
    private long tenth;
    private bool drawn;

    /// <param name="context">Where to write.</param>
    /// <param name="resultsAtTerminal">Whether the results themselves scroll by at a terminal: nothing is shown then.</param>
    public PredictProgress(CommandContext context, bool resultsAtTerminal)
    {
        writer = VisibleWriter.Under(context.Console.Error);
        (time, terminal, width) = (context.Host.Time, context.Console.IsErrorTerminal, context.Console.Width);
        on = !resultsAtTerminal && context.Verbosity >= Verbosity.Normal;
        start = last = time.GetUtcNow();
    }

    /// <summary>Shows how many rows of the input were checked.</summary>
    public void Checked(long rows) => Show(string.Create(CultureInfo.InvariantCulture, $"checking the input: {rows:N0} rows"), 0);

    /// <summary>Shows how many texts are predicted.</summary>
    /// <param name="done">All that are done.</param>
    /// <param name="before">Those of them that were done when this process began.</param>
    /// <param name="total">All there are.</param>
    public void Predicted(long done, long before, long total)
    {
        var now = time.GetUtcNow();
        var left = done > before && now - start > TimeSpan.FromSeconds(1) ? $"  {Words.Duration((now - start).TotalSeconds * (total - done) / (done - before))} left" : "";
        Show(string.Create(CultureInfo.InvariantCulture, $"predicted {ProgressText.Percent(total == 0 ? 1 : (double)done / total)}  {done:N0}/{total:N0} texts{left}"), total == 0 ? 0 : done * 10 / total);
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (drawn)
            writer.Write("\r\e[K");
        drawn = false;
    }

    private void Show(string text, long reached)
    {
        var now = time.GetUtcNow();
        if (!on || (terminal ? now - last < Quick : now - last < Shortest || (reached == tenth && now - last < Longest)))
            return;
        (last, tenth) = (now, reached);
        if (terminal)
            writer.Write($"\r{VisibleText.Cut(text, width - 1)}\e[K");
        else
            writer.WriteLine(text);
        drawn |= terminal;
    }
}

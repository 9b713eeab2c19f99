using System.Globalization;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>Predicts inputs batch by batch; each batch is written as soon as it is there.</summary>
internal sealed class PredictRun(ITextPredictor predictor, int batch, PredictProgress progress, CommandContext context)
{
    private readonly UnknownTextWarning unknown = new();
    private long predicted, cut, cutTokens;

    /// <summary>How many texts are computed at once.</summary>
    public int Batch => batch;

    /// <summary>How many are done, those of an earlier run included.</summary>
    public long Done { get; private set; }

    /// <param name="inputs">The inputs, those of an earlier run included.</param>
    /// <param name="before">How many of them an earlier run has done.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="to">Where predictions go, and whether for a person.</param>
    public void Predict(IEnumerable<TextExample> inputs, long before, long total, (TextWriter Writer, bool Readable) to)
    {
        var write = PredictionWriter.For(to.Writer, to.Readable);
        Done = before;
        if (before > 0)
            context.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"goes on after {before:N0} of {total:N0} texts"));
        foreach (var texts in inputs.Skip((int)before).Chunk(batch))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var predictions = predictor.Predict(texts, context.CancellationToken);
            for (var i = 0; i < texts.Length; i++)
            {
                write(texts[i], predictions[i]);
                unknown.Watch(texts[i], predictions[i]);
                cut += predictions[i].CutTokens > 0 ? 1 : 0;
                cutTokens += predictions[i].CutTokens;
            }

            to.Writer.Flush();
            predicted += texts.Length;
            Done += texts.Length;
            progress.Predicted(Done, before, total);
        }
    }

    /// <summary>Says what was not predicted whole, or not at all.</summary>
    public void Tell(InputTexts? texts)
    {
        unknown.Say(context.Console.Error);
        if (cut > 0)
            Say(string.Create(CultureInfo.InvariantCulture, $"note: {cut:N0} of {predicted:N0} texts {(cut == 1 ? "is" : "are")} longer than the model takes and {(cut == 1 ? "was" : "were")} cut; {cutTokens:N0} tokens did not count (cut_tokens in the JSON lines)"));
        if (texts?.Guessed is { } guessed)
            Say($"note: {guessed}");
        foreach (var note in texts?.Notes.Texts ?? [])
            Say($"note: {texts!.Named(note)}");
        if (texts?.BadRows is { Count: > 0 } bad)
            Say(string.Create(CultureInfo.InvariantCulture, $"note: skipped {bad.Count:N0} bad row{(bad.Count == 1 ? "" : "s")}, the first: {texts.Named(bad.First[0].File)} line {bad.First[0].Line}: {bad.First[0].Reason}"));
    }

    /// <summary>Says what an interruption leaves.</summary>
    public void TellKept(string file, bool resumable, Exception why)
    {
        progress.Dispose();
        Say(string.Create(CultureInfo.InvariantCulture, $"{(why is OperationCanceledException ? "cancelled" : "stopped")}; {Done:N0} predictions are in {file}{(resumable ? "; the same command goes on from there" : "")}"));
    }

    private void Say(string text) => context.Console.Error.WriteLine(text);
}

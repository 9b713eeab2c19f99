using System.Globalization;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>Warns once of texts that a model can hardly read: more than half of their tokens are not in its vocabulary.</summary>
internal sealed class UnknownTextWarning
{
    private const double Most = 0.5;
    private const int Shown = 40;

    private long texts, unreadable;
    private string? first;

    public void Watch(TextExample input, TextPrediction prediction)
    {
        texts++;
        if (prediction.UnknownShare <= Most)
            return;
        unreadable++;
        first ??= string.Create(CultureInfo.InvariantCulture, $"{prediction.UnknownShare:0%} of '{(input.Text.Length <= Shown ? input.Text : input.Text[..Shown] + "...")}'");
    }

    public void Say(TextWriter error)
    {
        if (unreadable > 0)
            error.WriteLine($"warning: {(texts == 1 ? "the text is" : $"{unreadable} of {texts} texts are")} mostly unknown to the model's vocabulary ({first}), so the answer says little");
    }
}

using System.Text.Json;
using FineTuneWorkflows.Cli.Commands.Predict;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Cli.Tests.Fixture;

/// <summary>A workplace whose models answer by themselves, and what they were asked.</summary>
internal sealed class StubModels
{
    /// <summary>Answers "many" to a text of more than five characters, else "few", until it is changed.</summary>
    public Func<TextExample, TextPrediction> Prediction { get; set; } = input =>
        input.Text.Length > 5 ? new("many", [new("few", 0.25), new("many", 0.75)]) : new("few", [new("few", 0.75), new("many", 0.25)]);

    /// <summary>The models that were opened.</summary>
    public List<string> Opened { get; } = [];

    /// <summary>How many texts were asked about at once, each time.</summary>
    public List<int> Batches { get; } = [];

    /// <summary>How the last model was asked.</summary>
    public PredictionOptions Asked { get; private set; } = new();

    /// <summary>Where the last model was asked to compute.</summary>
    public string On { get; private set; } = "";

    /// <summary>A workplace with these models; one whose name ends in <c>writer</c> writes on.</summary>
    public Workplace Workplace()
    {
        var place = new Workplace();
        place.Host = place.Host with
        {
            Predictor = (model, _, device, options) =>
            {
                Opened.Add(model);
                (On, Asked) = (device, options);
                return model.EndsWith("writer", StringComparison.Ordinal) ? new EchoPredictor(options.Generation) : new StubPredictor(Predict);
            },
        };
        return place;
    }

    /// <summary>The texts of predictions written as JSON Lines.</summary>
    public static IEnumerable<string> Texts(string jsonLines) => jsonLines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("text").GetString()!;
    });

    private IReadOnlyList<TextPrediction> Predict(IReadOnlyList<TextExample> inputs)
    {
        Batches.Add(inputs.Count);
        return [.. inputs.Select(Prediction)];
    }

    private sealed class EchoPredictor(GenerationOptions options) : ITextPredictor
    {
        public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<TextExample> inputs, CancellationToken cancellationToken) =>
            [.. inputs.Select(_ => new TextPrediction("", [])
            {
                Continuation = FormattableString.Invariant($" and {options.MaxNewTokens} {options.Temperature} {options.TopP} {options.Seed}"),
            })];

        public void Dispose()
        {
        }
    }

    private sealed class StubPredictor(Func<IReadOnlyList<TextExample>, IReadOnlyList<TextPrediction>> predict) : ITextPredictor
    {
        public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<TextExample> inputs, CancellationToken cancellationToken) => predict(inputs);

        public void Dispose()
        {
        }
    }
}

using FineTuneWorkflows.Cli.Commands.Predict;
using FineTuneWorkflows.Stages;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tracking;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>The parts that the <c>finetune</c> program is made of.</summary>
internal static class StandardHost
{
    public static CliHost Create(TextWriter error) => new(() => FineTuneStages.Catalog, home => new StageServices(home))
    {
        Observers = (home, services) =>
        [
            new TrackingRecorder(
                () => new JournalImporter(home, ((StageServices)services).Store),
                e => error.WriteLine($"warning: the run's history could not be recorded ({e.Message}); its journal is kept and recorded with the next run")),
        ],
        Pinned = (_, services) => ((StageServices)services).Registry.ReferencedDigests(),
        Predictor = (model, home, services) => new StagePredictor(TextPredictor.Load(ModelLocator.Find(model, home, ((StageServices)services).Registry))),
    };

    private sealed class StagePredictor(TextPredictor predictor) : ITextPredictor
    {
        public IReadOnlyList<Commands.Predict.TextPrediction> Predict(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
            [.. predictor.Predict(texts, cancellationToken: cancellationToken).Select(p => new Commands.Predict.TextPrediction(p.Label, p.Probabilities))];

        public void Dispose() => predictor.Dispose();
    }
}

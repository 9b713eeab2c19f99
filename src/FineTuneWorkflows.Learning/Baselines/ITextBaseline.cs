using FineTuneWorkflows.Learning.Metrics;

namespace FineTuneWorkflows.Learning.Baselines;

/// <summary>A cheap classifier of texts, to show beside a fine-tuned model.</summary>
public interface ITextBaseline
{
    /// <summary>What it is, such as <c>ML.NET SDCA</c>.</summary>
    string Name { get; }

    /// <summary>Probabilities by class number, <c>[texts, classes]</c>.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellation">Ends the work, at the next text.</param>
    ProbabilityTable Predict(IReadOnlyList<string> texts, CancellationToken cancellation = default);
}

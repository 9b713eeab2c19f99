using FineTuneWorkflows.Learning.Metrics;

namespace FineTuneWorkflows.Learning.Baselines;

/// <summary>A cheap classifier of texts, to show beside a fine-tuned model.</summary>
public interface ITextBaseline
{
    /// <summary>What it is, such as <c>ML.NET SDCA</c>.</summary>
    string Name { get; }

    /// <summary>Probabilities by class number, <c>[texts, classes]</c>.</summary>
    ProbabilityTable Predict(IReadOnlyList<string> texts);
}

using FineTuneWorkflows.Pipelines.Contract.Events;


namespace FineTuneWorkflows.Stages.Experiments;

/// <summary>What came of a cross-validation.</summary>
/// <param name="Status">How it ended; it failed where a fold did.</param>
/// <param name="Scores">What the folds measured that succeeded.</param>
public sealed record CrossValidationResult(RunStatus Status, FoldScores Scores);

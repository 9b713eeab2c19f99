namespace FineTuneWorkflows.Learning.Models.Heads;

/// <summary>How a family classifies sequences.</summary>
/// <param name="Dense">The layer that the pooled vector goes through.</param>
/// <param name="Output">The layer that gives the logits.</param>
/// <param name="Activation">What follows the first layer.</param>
/// <param name="DropsInput">Whether dropout applies before the first layer too.</param>
internal sealed record SequenceHeadNames(string Dense, string Output, string Activation, bool DropsInput);

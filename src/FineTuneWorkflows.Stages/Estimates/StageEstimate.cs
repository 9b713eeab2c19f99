using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training.Memory;

namespace FineTuneWorkflows.Stages.Estimates;

/// <summary>What memory a training stage takes at most.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Type">The stage's type.</param>
/// <param name="Device">Where it computes.</param>
/// <param name="Longest">The most tokens of a text.</param>
/// <param name="Checkpointing">Whether its gradients are checkpointed.</param>
/// <param name="AsItIs">With its parameters.</param>
/// <param name="Otherwise">With gradient checkpointing switched the other way.</param>
/// <param name="Available">The bytes that the device has in all; null where they are not known.</param>
/// <param name="Assumptions">What was assumed, as it is only known after earlier stages have run.</param>
public sealed record StageEstimate(
    string Stage, string Type, TorchDevice Device, int Longest, bool Checkpointing, MemoryEstimate AsItIs, MemoryEstimate Otherwise, long? Available, IReadOnlyList<string> Assumptions)
{
    /// <summary>What to do about a training that does not fit.</summary>
    public const string Advice = "set a smaller MicroBatchSize or BatchTokens, GradientCheckpointing to true, a smaller MaxLength where the texts are tokenized, or a smaller BatchSize, which validation takes whole as long as it fits";

    /// <summary>Whether it fits, as far as that is known.</summary>
    public bool Fits => Available is null || AsItIs.Peak <= Available;
}

using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>One trainable tensor of a model.</summary>
public sealed class ModelParameter
{
    internal ModelParameter(string name, ParameterKind kind, torch.Tensor value)
    {
        (Name, Kind, Value) = (name, kind, value);
    }

    /// <summary>The name under which it is saved, such as <c>bert.encoder.layer.0.output.dense.weight</c>.</summary>
    public string Name { get; }

    /// <summary>What it is, which decides how it starts and whether weight decay applies.</summary>
    public ParameterKind Kind { get; }

    /// <summary>The tensor; a leaf that gradients accumulate in.</summary>
    public torch.Tensor Value { get; }

    /// <summary>Whether decoupled weight decay applies: matrices yes, biases and normalization no.</summary>
    public bool Decays => Kind is ParameterKind.Weight or ParameterKind.Embedding;
}

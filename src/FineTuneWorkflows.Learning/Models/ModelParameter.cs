using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>One tensor of a model.</summary>
public sealed class ModelParameter
{
    internal ModelParameter(string name, ParameterKind kind, ParameterRole role, torch.Tensor value)
    {
        (Name, Kind, Role, Value) = (name, kind, role, value);
    }

    /// <summary>The name under which it is saved, such as <c>bert.encoder.layer.0.output.dense.weight</c>.</summary>
    public string Name { get; }

    /// <summary>What it is, which decides how it starts and whether weight decay applies.</summary>
    public ParameterKind Kind { get; }

    /// <summary>The tensor; a leaf that gradients accumulate in while it is <see cref="Trainable"/>.</summary>
    public torch.Tensor Value { get; }

    /// <summary>Whether training changes it; a frozen one gets no gradient and no moments.</summary>
    public bool Trainable => Value.requires_grad;

    /// <summary>Whether decoupled weight decay applies: matrices yes, biases and normalization no.</summary>
    public bool Decays => Kind is ParameterKind.Weight or ParameterKind.Embedding;

    internal ParameterRole Role { get; }

    internal void Freeze() => Value.requires_grad = false;
}

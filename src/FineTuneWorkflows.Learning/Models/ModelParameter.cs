using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>One tensor of a model.</summary>
public sealed class ModelParameter
{
    private torch.Tensor? _copy;

    internal ModelParameter(string name, ParameterKind kind, ParameterRole role, torch.Tensor value)
    {
        (Name, Kind, Role, Value) = (name, kind, role, value);
    }

    /// <summary>The name under which it is saved, such as <c>bert.encoder.layer.0.output.dense.weight</c>.</summary>
    public string Name { get; }

    /// <summary>What it is, which decides how it starts and whether weight decay applies.</summary>
    public ParameterKind Kind { get; }

    /// <summary>The tensor; a leaf that gradients accumulate in while it is <see cref="Trainable"/>. Its numbers have 32 bits, or 16 where a frozen base is kept as its file
    /// has it.</summary>
    public torch.Tensor Value { get; private set; }

    /// <summary>Whether training changes it; a frozen one gets no gradient and no moments.</summary>
    public bool Trainable => Value.requires_grad;

    /// <summary>Whether decoupled weight decay applies: matrices yes, biases and normalization no.</summary>
    public bool Decays => Kind is ParameterKind.Weight or ParameterKind.Embedding or ParameterKind.AdapterDown or ParameterKind.AdapterUp;

    internal ParameterRole Role { get; }

    internal void Freeze() => Value.requires_grad = false;

    internal void Thaw() => Value.requires_grad = true;

    /// <summary>The tensor in an element type; gradients go through it to <see cref="Value"/>. A frozen one's is kept, as it does not change.</summary>
    internal torch.Tensor As(torch.ScalarType type)
    {
        if (Value.dtype == type)
            return Value;
        if (Trainable)
            return Value.to(type);
        if (_copy is null || _copy.dtype != type)
        {
            _copy?.Dispose();
            _copy = Value.to(type).DetachFromDisposeScope();
        }
        return _copy;
    }

    /// <summary>Takes another tensor as the value, frozen as the old one was.</summary>
    internal void Replace(torch.Tensor value)
    {
        bool trainable = Trainable;
        Free();
        Value = value.detach().requires_grad_(trainable).DetachFromDisposeScope();
    }

    /// <summary>Forgets what <see cref="As"/> has kept.</summary>
    internal void ForgetCopy()
    {
        _copy?.Dispose();
        _copy = null;
    }

    internal void Free()
    {
        ForgetCopy();
        Value.grad?.Dispose();
        Value.Dispose();
    }
}

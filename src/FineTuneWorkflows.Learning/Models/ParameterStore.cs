using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>All parameters of one model, in the order in which it declared them. Owns their memory.</summary>
internal sealed class ParameterStore(TorchDevice device) : IDisposable
{
    private readonly List<ModelParameter> _all = [];
    private readonly Dictionary<string, ModelParameter> _byName = new(StringComparer.Ordinal);

    public IReadOnlyList<ModelParameter> All => _all;

    public TorchDevice Device => device;

    /// <summary>Declares a parameter of the backbone; its values are undefined until it is initialized or loaded.</summary>
    public ModelParameter Add(string name, ParameterKind kind, params ReadOnlySpan<long> shape) => Add(name, kind, ParameterRole.Backbone, shape);

    /// <summary>Declares a parameter; its values are undefined until it is initialized or loaded.</summary>
    public ModelParameter Add(string name, ParameterKind kind, ParameterRole role, params ReadOnlySpan<long> shape)
    {
        torch.Tensor value = torch.empty(shape, torch.float32, device.ToTorch()).requires_grad_(true).DetachFromDisposeScope();
        var parameter = new ModelParameter(name, kind, role, value);
        _byName.Add(name, parameter);
        _all.Add(parameter);
        return parameter;
    }

    public ModelParameter? Find(string name) => _byName.GetValueOrDefault(name);

    public void Dispose()
    {
        foreach (ModelParameter parameter in _all)
        {
            parameter.Value.grad?.Dispose();
            parameter.Value.Dispose();
        }
        _all.Clear();
        _byName.Clear();
    }
}

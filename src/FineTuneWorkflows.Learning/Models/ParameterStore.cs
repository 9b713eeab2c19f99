using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>All parameters of one model, in the order in which it declared them. Owns their memory.</summary>
/// <param name="device">Where they lie.</param>
/// <param name="baseType">The element type of those below the head; all others have 32 bits.</param>
internal sealed class ParameterStore(TorchDevice device, torch.ScalarType baseType = torch.ScalarType.Float32) : IDisposable
{
    private readonly List<ModelParameter> _all = [];
    private readonly List<LinearLayer> _linearLayers = [];
    private readonly Dictionary<string, ModelParameter> _byName = new(StringComparer.Ordinal);

    public IReadOnlyList<ModelParameter> All => _all;

    /// <summary>All linear layers, in the order in which they were declared.</summary>
    public IReadOnlyList<LinearLayer> LinearLayers => _linearLayers;

    public TorchDevice Device => device;

    /// <summary>The element type of hidden states, in which all layers compute.</summary>
    public torch.ScalarType ComputeType { get; set; } = torch.ScalarType.Float32;

    /// <summary>Declares a parameter of the backbone; its values are undefined until it is initialized or loaded.</summary>
    public ModelParameter Add(string name, ParameterKind kind, params ReadOnlySpan<long> shape) => Add(name, kind, ParameterRole.Backbone, shape);

    /// <summary>Declares a parameter; its values are undefined until it is initialized or loaded.</summary>
    public ModelParameter Add(string name, ParameterKind kind, ParameterRole role, params ReadOnlySpan<long> shape)
    {
        torch.ScalarType type = role == ParameterRole.Backbone ? baseType : torch.ScalarType.Float32;
        torch.Tensor value = torch.empty(shape, type, device.ToTorch()).requires_grad_(true).DetachFromDisposeScope();
        var parameter = new ModelParameter(name, kind, role, value);
        _byName.Add(name, parameter);
        _all.Add(parameter);
        return parameter;
    }

    /// <summary>Lists a linear layer, so that an adapter can be put beside it.</summary>
    public void List(LinearLayer layer) => _linearLayers.Add(layer);

    /// <summary>Takes parameters out again and frees them.</summary>
    public void Remove(IReadOnlyCollection<ModelParameter> parameters)
    {
        foreach (ModelParameter parameter in parameters)
        {
            _byName.Remove(parameter.Name);
            _all.Remove(parameter);
            parameter.Free();
        }
    }

    public ModelParameter? Find(string name) => _byName.GetValueOrDefault(name);

    public void Dispose()
    {
        foreach (ModelParameter parameter in _all)
            parameter.Free();
        _all.Clear();
        _byName.Clear();
    }
}

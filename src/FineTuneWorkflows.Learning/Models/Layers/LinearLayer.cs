using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Runtime;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Layers;

/// <summary>y = x Wᵀ + b, with W <c>[out, in]</c> as in Hugging Face checkpoints, or <c>[in, out]</c> as in those of GPT-2; with an adapter, its output is added.
/// Computes in the input's element type.</summary>
internal sealed class LinearLayer
{
    private readonly ModelParameter _weight;
    private readonly ModelParameter? _bias;

    /// <param name="store">Where the weights are declared, and the layer is listed.</param>
    /// <param name="name">What the weights' names begin with.</param>
    /// <param name="inputs">Width of the input.</param>
    /// <param name="outputs">Width of the output.</param>
    /// <param name="role">Which part of the model it is.</param>
    /// <param name="biased">Whether there is a b.</param>
    /// <param name="transposed">Whether W is <c>[in, out]</c>.</param>
    public LinearLayer(
        ParameterStore store, string name, long inputs, long outputs, ParameterRole role = ParameterRole.Backbone, bool biased = true, bool transposed = false)
    {
        (Name, Inputs, Outputs, Role, IsTransposed) = (name, inputs, outputs, role, transposed);
        _weight = store.Add(name + ".weight", ParameterKind.Weight, role, transposed ? [inputs, outputs] : [outputs, inputs]);
        _bias = biased ? store.Add(name + ".bias", ParameterKind.Bias, role, outputs) : null;
        store.List(this);
    }

    /// <summary>What its weights' names begin with.</summary>
    public string Name { get; }

    /// <summary>Width of the input.</summary>
    public long Inputs { get; }

    /// <summary>Width of the output.</summary>
    public long Outputs { get; }

    /// <summary>Which part of the model it is.</summary>
    public ParameterRole Role { get; }

    /// <summary>Whether W is <c>[in, out]</c>.</summary>
    public bool IsTransposed { get; }

    /// <summary>W as it is stored.</summary>
    public ModelParameter Weight => _weight;

    /// <summary>What is added to its output; null where nothing is.</summary>
    public LoraAdapter? Adapter { get; set; }

    /// <summary><c>[..., in]</c> to <c>[..., out]</c>.</summary>
    /// <param name="input">The input.</param>
    /// <param name="training">Whether an adapter's dropout applies.</param>
    public Tensor Forward(Tensor input, bool training)
    {
        Tensor output = LinearProduct.Apply(input, Matrix(input), _bias?.As(input.dtype));
        if (Adapter is null)
            return output;
        // In place and freed at once: backward needs neither.
        using Tensor added = Adapter.Forward(input, training);
        return output.PlusInPlace(added);
    }

    /// <summary>What several layers make of one input, all with biases or all without. Of few tokens it is quicker on the CPU to join their matrices
    /// first.</summary>
    public static Tensor[] Together(Tensor input, bool training, params ReadOnlySpan<LinearLayer> layers)
    {
        const long fewTokens = 1024;
        var outputs = new Tensor[layers.Length];
        if (input.device_type != TorchSharp.DeviceType.CPU || input.shape[0] * input.shape[1] >= fewTokens
            || LinearProduct.IsQuicker(input, layers[0].Matrix(input)))
        {
            for (int i = 0; i < outputs.Length; i++)
                outputs[i] = layers[i].Forward(input, training);
            return outputs;
        }
        var weights = new Tensor[layers.Length];
        var biases = new List<Tensor>(layers.Length);
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = layers[i].Matrix(input);
            if (layers[i]._bias is { } bias)
                biases.Add(bias.As(input.dtype));
        }
        outputs = LinearProduct.Apply(input, cat(weights), biases.Count > 0 ? cat(biases) : null)
            .split([.. weights.Select(weight => weight.shape[0])], -1);
        for (int i = 0; i < outputs.Length; i++)
        {
            if (layers[i].Adapter is not { } adapter)
                continue;
            // Parts of one tensor cannot be changed in place.
            using Tensor added = adapter.Forward(input, training);
            outputs[i] = outputs[i].Plus(added);
        }
        return outputs;
    }

    /// <summary>W as <c>[out, in]</c>, of the input's element type.</summary>
    private Tensor Matrix(Tensor input)
    {
        Tensor weight = _weight.As(input.dtype);
        return IsTransposed ? weight.t() : weight;
    }
}

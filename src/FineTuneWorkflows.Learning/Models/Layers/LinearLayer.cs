using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Layers;

/// <summary>y = x Wᵀ + b, with W <c>[out, in]</c> as in Hugging Face checkpoints.</summary>
internal sealed class LinearLayer(
    ParameterStore store, string name, long inputs, long outputs, ParameterRole role = ParameterRole.Backbone)
{
    private readonly ModelParameter _weight = store.Add(name + ".weight", ParameterKind.Weight, role, outputs, inputs);
    private readonly ModelParameter _bias = store.Add(name + ".bias", ParameterKind.Bias, role, outputs);

    /// <summary><c>[..., in]</c> to <c>[..., out]</c>.</summary>
    public Tensor Forward(Tensor input) => nn.functional.linear(input, _weight.Value, _bias.Value);

    /// <summary>What several layers make of one input. Of few tokens it is quicker on the processor to join their matrices first.</summary>
    public static Tensor[] Together(Tensor input, params ReadOnlySpan<LinearLayer> layers)
    {
        const long fewTokens = 1024;
        if (input.device_type != TorchSharp.DeviceType.CPU || input.shape[0] * input.shape[1] >= fewTokens)
        {
            var outputs = new Tensor[layers.Length];
            for (int i = 0; i < outputs.Length; i++)
                outputs[i] = layers[i].Forward(input);
            return outputs;
        }
        var weights = new Tensor[layers.Length];
        var biases = new Tensor[layers.Length];
        for (int i = 0; i < weights.Length; i++)
            (weights[i], biases[i]) = (layers[i]._weight.Value, layers[i]._bias.Value);
        return nn.functional.linear(input, cat(weights), cat(biases)).split([.. weights.Select(weight => weight.shape[0])], -1);
    }
}

using static FineTuneWorkflows.Learning.Tests.Support.Reference.ReferenceLayers;

namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>
/// Llama (Touvron et al. 2023, arXiv:2302.13971) and its kin: Mistral (arXiv:2310.06825) with a window, Qwen2 (arXiv:2407.10671) with biases of
/// queries, keys and values, Qwen3 (arXiv:2505.09388) with a normalization of each head's queries and keys.
/// </summary>
internal sealed class ReferenceLlama(ReferenceDecoderShape shape, ReferenceWeights weights)
{
    /// <summary>The hidden states after the last normalization, <c>[tokens][width]</c>.</summary>
    /// <param name="tokens">The token ids, without padding.</param>
    /// <param name="sees">Whether token t attends to token s, besides coming no later and within the window; null for all that do.</param>
    public Real[][] Hidden(int[] tokens, Func<int, int, bool>? sees = null)
    {
        Real[][] hidden = [.. tokens.Select(token => weights.Row(shape.Prefix + "embed_tokens.weight", token, shape.Width).ToArray())];
        for (int layer = 0; layer < shape.Layers; layer++)
            hidden = Layer(layer, hidden, sees ?? ((_, _) => true));
        return [.. hidden.Select(x => RmsNorm(weights, shape.Prefix + "norm", x, shape.Epsilon))];
    }

    /// <summary>The logits of the next token, <c>[vocabulary]</c>: products with the output's rows, or the word table's where it has none.</summary>
    public Real[] Logits(Real[] hidden) =>
        Linear(weights, weights.Has("lm_head.weight") ? "lm_head" : shape.Prefix + "embed_tokens", hidden);

    private Real[][] Layer(int layer, Real[][] input, Func<int, int, bool> sees)
    {
        string name = $"{shape.Prefix}layers.{layer}.", attention = name + "self_attn.";
        int window = layer < shape.FirstWindowLayer ? int.MaxValue : shape.Window ?? int.MaxValue;
        Real[][] normed = [.. input.Select(x => RmsNorm(weights, name + "input_layernorm", x, shape.Epsilon))];
        Real[][] queries = [.. normed.Select((x, t) => Turned(attention + "q_norm", Linear(weights, attention + "q_proj", x), t))];
        Real[][] keys = [.. normed.Select((x, t) => Turned(attention + "k_norm", Linear(weights, attention + "k_proj", x), t))];
        Real[][] values = [.. normed.Select(x => Linear(weights, attention + "v_proj", x))];
        Real[][] context = Attend(queries, keys, values, shape.Heads, (t, s) => s <= t && t - s < window && sees(t, s));
        return [.. input.Select((x, t) =>
        {
            Real[] middle = Add(x, Linear(weights, attention + "o_proj", context[t]));
            return Add(middle, Gated(name + "mlp.", RmsNorm(weights, name + "post_attention_layernorm", middle, shape.Epsilon)));
        })];
    }

    /// <summary>The gated layer (Shazeer 2020, arXiv:2002.05202).</summary>
    private Real[] Gated(string name, Real[] input)
    {
        Real[] gate = ReferenceActivations.Apply(shape.Activation, Linear(weights, name + "gate_proj", input));
        return Linear(weights, name + "down_proj", [.. gate.Zip(Linear(weights, name + "up_proj", input), (a, b) => a * b)]);
    }

    /// <summary>
    /// Each head normed, where the model does so, and turned by its token's position (Su et al. 2021, arXiv:2104.09864). As in Hugging Face's layout,
    /// a pair that turns together is a number of the head's first half and the one at the same place of its second half.
    /// </summary>
    private Real[] Turned(string norm, Real[] heads, int position)
    {
        int size = shape.SizeOfHead, half = size / 2;
        return [.. heads.Chunk(size).SelectMany(raw =>
        {
            Real[] head = weights.Has(norm + ".weight") ? RmsNorm(weights, norm, raw, shape.Epsilon) : raw;
            var turned = new Real[size];
            for (int i = 0; i < half; i++)
            {
                double frequency = Math.Pow(shape.Theta, -2.0 * i / size), angle = position * (shape.Scaling?.Apply(frequency) ?? frequency);
                turned[i] = (head[i] * Math.Cos(angle)) - (head[half + i] * Math.Sin(angle));
                turned[half + i] = (head[half + i] * Math.Cos(angle)) + (head[i] * Math.Sin(angle));
            }
            return turned;
        })];
    }
}

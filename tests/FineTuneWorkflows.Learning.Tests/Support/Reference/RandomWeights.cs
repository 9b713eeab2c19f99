using FineTuneWorkflows.Foundation.Randomness;

namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>Random weights of small decoders, named as in Hugging Face's layout.</summary>
internal static class RandomWeights
{
    public static Dictionary<string, double[]> Gpt2(ReferenceDecoderShape shape, int vocabulary, int positions, int inner)
    {
        int width = shape.Width;
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            [shape.Prefix + "wte.weight"] = vocabulary * width, [shape.Prefix + "wpe.weight"] = positions * width,
        };
        Pair("ln_f", width, width);
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            string name = $"h.{layer}.";
            Pair(name + "ln_1", width, width);
            Pair(name + "attn.c_attn", width * 3 * width, 3 * width);
            Pair(name + "attn.c_proj", width * width, width);
            Pair(name + "ln_2", width, width);
            Pair(name + "mlp.c_fc", width * inner, inner);
            Pair(name + "mlp.c_proj", inner * width, width);
        }
        return Fill(sizes);

        void Pair(string name, int weight, int bias) =>
            (sizes[shape.Prefix + name + ".weight"], sizes[shape.Prefix + name + ".bias"]) = (weight, bias);
    }

    /// <summary>Weights of Llama and its kin.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="vocabulary">The number of token ids.</param>
    /// <param name="inner">The width of the gated layer.</param>
    /// <param name="biases">Whether queries, keys and values have biases, as Qwen2's.</param>
    /// <param name="headNorms">Whether each head's queries and keys are normed, as Qwen3's.</param>
    /// <param name="untied">Whether the output has its own rows.</param>
    public static Dictionary<string, double[]> Llama(
        ReferenceDecoderShape shape, int vocabulary, int inner, bool biases = false, bool headNorms = false, bool untied = false)
    {
        int width = shape.Width, queries = shape.Heads * shape.SizeOfHead, keys = (shape.KeyHeads ?? shape.Heads) * shape.SizeOfHead;
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            [shape.Prefix + "embed_tokens.weight"] = vocabulary * width, [shape.Prefix + "norm.weight"] = width,
        };
        if (untied)
            sizes["lm_head.weight"] = vocabulary * width;
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            string name = $"{shape.Prefix}layers.{layer}.";
            sizes[name + "input_layernorm.weight"] = sizes[name + "post_attention_layernorm.weight"] = width;
            foreach ((string part, int outputs) in new[] { ("q", queries), ("k", keys), ("v", keys) })
            {
                sizes[$"{name}self_attn.{part}_proj.weight"] = outputs * width;
                if (biases)
                    sizes[$"{name}self_attn.{part}_proj.bias"] = outputs;
            }
            if (headNorms)
                sizes[name + "self_attn.q_norm.weight"] = sizes[name + "self_attn.k_norm.weight"] = shape.SizeOfHead;
            sizes[name + "self_attn.o_proj.weight"] = width * queries;
            foreach (string part in new[] { "gate", "up", "down" })
                sizes[$"{name}mlp.{part}_proj.weight"] = inner * width;
        }
        return Fill(sizes);
    }

    private static Dictionary<string, double[]> Fill(Dictionary<string, int> sizes) => sizes.ToDictionary(pair => pair.Key, pair =>
    {
        var random = new SplitMix64(DerivedSeed.For(3, pair.Key));
        return Enumerable.Range(0, pair.Value).Select(_ => (random.NextBelow(2001) - 1000) * 5e-4).ToArray();
    }, StringComparer.Ordinal);
}

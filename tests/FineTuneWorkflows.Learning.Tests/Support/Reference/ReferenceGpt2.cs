using static FineTuneWorkflows.Learning.Tests.Support.Reference.ReferenceLayers;

namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>
/// GPT-2 (Radford et al. 2019, "Language models are unsupervised multitask learners"): learned positions, normalization before each part.
/// </summary>
internal sealed class ReferenceGpt2(ReferenceDecoderShape shape, ReferenceWeights weights)
{
    /// <summary>The hidden states after the last normalization, <c>[tokens][width]</c>.</summary>
    /// <param name="tokens">The token ids, without padding.</param>
    /// <param name="sees">Whether token t attends to token s, besides coming no later; null for all that do.</param>
    public Real[][] Hidden(int[] tokens, Func<int, int, bool>? sees = null)
    {
        Real[] Row(string table, int row) => weights.Row($"{shape.Prefix}{table}.weight", row, shape.Width).ToArray();

        Real[][] hidden = [.. tokens.Select((token, position) => Add(Row("wte", token), Row("wpe", position)))];
        for (int layer = 0; layer < shape.Layers; layer++)
            hidden = Layer($"{shape.Prefix}h.{layer}.", hidden, sees ?? ((_, _) => true));
        return [.. hidden.Select(x => Norm(weights, shape.Prefix + "ln_f", x, shape.Epsilon))];
    }

    /// <summary>The logits of the next token, <c>[vocabulary]</c>: products with the output's rows, or the word table's where it has none.</summary>
    public Real[] Logits(Real[] hidden) =>
        Linear(weights, weights.Has("lm_head.weight") ? "lm_head" : shape.Prefix + "wte", hidden);

    private Real[][] Layer(string name, Real[][] input, Func<int, int, bool> sees)
    {
        Real[][] joined = [.. input.Select(x => Conv1D(weights, name + "attn.c_attn", Norm(weights, name + "ln_1", x, shape.Epsilon)))];
        Real[][] context = Attend(Part(0), Part(1), Part(2), shape.Heads, (t, s) => s <= t && sees(t, s));
        return [.. input.Select((x, t) =>
        {
            Real[] middle = Add(x, Conv1D(weights, name + "attn.c_proj", context[t]));
            Real[] inner = Conv1D(weights, name + "mlp.c_fc", Norm(weights, name + "ln_2", middle, shape.Epsilon));
            return Add(middle, Conv1D(weights, name + "mlp.c_proj", ReferenceActivations.Apply(shape.Activation, inner)));
        })];

        Real[][] Part(int part) => [.. joined.Select(x => x.AsSpan(part * shape.Width, shape.Width).ToArray())];
    }
}

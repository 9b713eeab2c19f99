using static FineTuneWorkflows.Learning.Tests.Support.Reference.ReferenceLayers;

namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>
/// A bidirectional encoder with its heads, written from BERT's paper (arXiv:1810.04805) and what RoBERTa (arXiv:1907.11692) and DistilBERT
/// (arXiv:1910.01108) changed of it.
/// </summary>
internal sealed class ReferenceEncoder(ReferenceEncoderShape shape, ReferenceWeights weights)
{
    /// <summary>The hidden states after the last layer, <c>[tokens][width]</c>.</summary>
    /// <param name="tokens">The token ids, without padding.</param>
    /// <param name="secondStart">Where the second text begins; null where there is one.</param>
    public Real[][] Hidden(int[] tokens, int? secondStart = null)
    {
        Real[][] hidden = [.. tokens.Select((token, position) => Embedded(token, position, position >= secondStart ? 1 : 0))];
        for (int layer = 0; layer < shape.Layers; layer++)
            hidden = Layer(shape.LayerNames(layer), hidden);
        return hidden;
    }

    /// <summary>The logits of the classes of a sequence.</summary>
    public Real[] SequenceLogits(Real[][] hidden) => shape.Family switch
    {
        "bert" => Linear(weights, "classifier", ReferenceActivations.Apply("tanh", Linear(weights, "bert.pooler.dense", hidden[0]))),
        "roberta" => Linear(weights, "classifier.out_proj", ReferenceActivations.Apply("tanh", Linear(weights, "classifier.dense", hidden[0]))),
        _ => Linear(weights, "classifier", ReferenceActivations.Apply("relu", Linear(weights, "pre_classifier", hidden[0]))),
    };

    /// <summary>The logits of the classes of a token.</summary>
    public Real[] TokenLogits(Real[] hidden) => Linear(weights, "classifier", hidden);

    /// <summary>The logits of the token that a mask hides.</summary>
    public Real[] MaskedLogits(Real[] hidden)
    {
        (string dense, string norm, string bias, string activation) = shape.Family switch
        {
            "bert" => ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias", shape.Activation),
            "roberta" => ("lm_head.dense", "lm_head.layer_norm", "lm_head.bias", "gelu"),
            _ => ("vocab_transform", "vocab_layer_norm", "vocab_projector.bias", shape.Activation),
        };
        Real[] inner = Norm(weights, norm, ReferenceActivations.Apply(activation, Linear(weights, dense, hidden)), shape.Epsilon);
        return [.. weights[bias].Select((b, token) => b + Real.Dot(inner, Word(token)))];
    }

    private Real[] Embedded(int token, int position, int type)
    {
        int width = shape.Width;
        Real[] words = Word(token).ToArray();
        Real[] sum = Add(words, weights.Row(shape.Prefix + "embeddings.position_embeddings.weight", shape.FirstPosition + position, width).ToArray());
        if (shape.HasTokenTypes)
            sum = Add(sum, weights.Row(shape.Prefix + "embeddings.token_type_embeddings.weight", type, width).ToArray());
        return Norm(weights, shape.Prefix + "embeddings.LayerNorm", sum, shape.Epsilon);
    }

    private ReadOnlySpan<Real> Word(int token) => weights.Row(shape.Prefix + "embeddings.word_embeddings.weight", token, shape.Width);

    private Real[][] Layer(ReferenceLayerNames names, Real[][] input)
    {
        Real[][] q = [.. input.Select(x => Linear(weights, names.Query, x))];
        Real[][] k = [.. input.Select(x => Linear(weights, names.Key, x))];
        Real[][] v = [.. input.Select(x => Linear(weights, names.Value, x))];
        Real[][] context = Attend(q, k, v, shape.Heads, (_, _) => true);
        return [.. input.Select((x, t) =>
        {
            Real[] middle = Norm(weights, names.AttentionNorm, Add(Linear(weights, names.AttentionOutput, context[t]), x), shape.Epsilon);
            Real[] inner = ReferenceActivations.Apply(shape.Activation, Linear(weights, names.Intermediate, middle));
            return Norm(weights, names.OutputNorm, Add(Linear(weights, names.Output, inner), middle), shape.Epsilon);
        })];
    }
}

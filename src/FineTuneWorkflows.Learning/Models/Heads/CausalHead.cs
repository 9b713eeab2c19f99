using FineTuneWorkflows.Learning.Models.Configuration;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Heads;

/// <summary>The next token: products with a matrix of its own or with the word embeddings.</summary>
internal sealed class CausalHead(ParameterStore store, DecoderConfig config, ModelParameter words) : IHead
{
    /// <summary><c>[vocabulary, hidden]</c>.</summary>
    public ModelParameter Output { get; } = config.TieWordEmbeddings ? words
        : store.Add("lm_head.weight", ParameterKind.Weight, ParameterRole.HeadBody, config.VocabSize, config.HiddenSize);

    /// <inheritdoc />
    public Tensor Forward(Tensor hidden, SequenceBatch batch, Tensor? places, bool training) => Of(hidden.At(places));

    /// <summary><c>[tokens, hidden]</c> to <c>[tokens, vocabulary]</c>.</summary>
    public Tensor Of(Tensor hidden) => nn.functional.linear(hidden, Output.As(hidden.dtype));
}

using FineTuneWorkflows.Text.Tokenization.AddedTokens;
using FineTuneWorkflows.Text.Tokenization.Decoding;
using FineTuneWorkflows.Text.Tokenization.Models;
using FineTuneWorkflows.Text.Tokenization.Normalization;
using FineTuneWorkflows.Text.Tokenization.PreTokenization;

namespace FineTuneWorkflows.Text.Tokenization.Pipeline;

/// <summary>The parts that make a tokenizer, as tokenizer.json lists them.</summary>
internal sealed record TokenizerPipeline
{
    public INormalizer? Normalizer { get; init; }

    public IPreTokenizer? PreTokenizer { get; init; }

    public required WordModel Model { get; init; }

    public required SequenceTemplate Template { get; init; }

    /// <summary>Whether spaces at a token's ends do not count to its span.</summary>
    public bool TrimsSpans { get; init; }

    /// <summary>Null joins the tokens with spaces.</summary>
    public ITokenDecoder? Decoder { get; init; }

    public IReadOnlyList<AddedToken> AddedTokens { get; init; } = [];
}

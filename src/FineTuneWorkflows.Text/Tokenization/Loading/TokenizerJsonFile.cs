using FineTuneWorkflows.Text.Tokenization.AddedTokens;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>Reads <c>tokenizer.json</c> (the format of Hugging Face's tokenizers library).</summary>
internal static class TokenizerJsonFile
{
    public const string Name = "tokenizer.json";

    /// <summary>The longest added token, in characters.</summary>
    private const int LongestToken = 1_000;

    /// <summary>Reads the file. Truncation and padding that it may ask for are passed over: whoever encodes says that.</summary>
    public static Tokenizer Read(TokenizerFileSet files, TokenizerSettings settings) => JsonPart.Read(files.Bytes(Name)!, files.Main, root =>
    {
        if (!root["model"].Exists) throw root["model"].Wrong("an object; is this a tokenizer.json?");
        List<AddedToken> added = root["added_tokens"].Exists ? [.. root["added_tokens"].Items().Select(p => Added(p, p["id"].Id()))] : [];
        if (BertJson.TryRead(root, added, files, settings) is { } bert) return bert;
        var (template, trims) = PostProcessorReader.Read(root["post_processor"]);
        var special = added.Where(t => t.Special).Select(t => t.Content).ToHashSet(StringComparer.Ordinal);
        var pipeline = new TokenizerPipeline
        {
            Normalizer = NormalizerReader.Read(root["normalizer"]),
            PreTokenizer = PreTokenizerReader.Read(root["pre_tokenizer"]),
            Model = ModelReader.Read(root["model"], PreTokenizerReader.UsesBytes(root["pre_tokenizer"]), special),
            Template = settings.WithBeginAndEnd(template, added),
            TrimsSpans = trims,
            Decoder = DecoderReader.Read(root["decoder"]),
            AddedTokens = added,
        };
        return (Tokenizer)new PipelineTokenizer(pipeline, settings, files);
    });

    /// <summary>Reads an added token; <paramref name="id"/> is given where its number is the member's name.</summary>
    public static AddedToken Added(JsonPart part, int id) => new(
        part["content"].Text() is { Length: <= LongestToken } content ? content : throw part["content"].Wrong($"a token of {LongestToken} characters at most"), id, part["special"].Flag(false), part["normalized"].Flag(false), part["single_word"].Flag(false),
        part["lstrip"].Flag(false), part["rstrip"].Flag(false));
}

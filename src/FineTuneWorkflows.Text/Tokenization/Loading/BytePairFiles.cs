using System.Text;
using FineTuneWorkflows.Text.Tokenization.AddedTokens;
using FineTuneWorkflows.Text.Tokenization.Decoding;
using FineTuneWorkflows.Text.Tokenization.Models;
using FineTuneWorkflows.Text.Tokenization.Normalization;
using FineTuneWorkflows.Text.Tokenization.Patterns;
using FineTuneWorkflows.Text.Tokenization.Pipeline;
using FineTuneWorkflows.Text.Tokenization.PreTokenization;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>
/// Reads <c>vocab.json</c> and <c>merges.txt</c>: byte-level BPE as GPT-2, RoBERTa or Qwen 2 use it. Which of them follows from
/// tokenizer_config.json's <c>tokenizer_class</c>, else from config.json's <c>model_type</c>, else from the vocabulary: one with &lt;s&gt;, &lt;/s&gt;
/// and &lt;mask&gt; is RoBERTa's.
/// </summary>
internal static class BytePairFiles
{
    public const string Entries = "vocab.json";
    public const string Merges = "merges.txt";

    // Qwen2Tokenizer's, which differs from GPT-2's in digits and line breaks.
    private const string QwenWords =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public static Tokenizer Read(string folder)
    {
        var files = TokenizerFileSet.Read(folder, Entries, Merges);
        var settings = TokenizerSettings.Read(files);
        var entries = JsonPart.Read(files.Bytes(Entries)!, files.Main, ModelReader.Entries);
        var merges = ReadMerges(files.Bytes(Merges)!, files.PathOf(Merges));
        return Family(settings, entries) switch
        {
            "roberta" => Roberta(entries, merges, settings, files),
            "qwen" => Build(entries, merges, settings, files, [], qwen: true, SequenceTemplate.Bare, trims: false),
            _ => Gpt2(entries, merges, settings, files),
        };
    }

    private static string Family(TokenizerSettings settings, Dictionary<string, int> entries)
    {
        if (settings.Class.Length > 0)
            return settings.Class switch
            {
                "RobertaTokenizer" or "BartTokenizer" or "LongformerTokenizer" => "roberta",
                "GPT2Tokenizer" or "PreTrainedTokenizer" => "gpt2",
                "Qwen2Tokenizer" => "qwen",
                _ => throw new TextDataException(
                    $"'tokenizer_class' is {settings.Class}; with {Entries} and {Merges}, known are GPT2Tokenizer, Qwen2Tokenizer, RobertaTokenizer, "
                    + "BartTokenizer and LongformerTokenizer; other families need a tokenizer.json", TokenizerConfigFile.Name),
            };
        if (settings.ModelType.Length > 0)
            return settings.ModelType is "roberta" or "bart" or "longformer" ? "roberta" : settings.ModelType.StartsWith("qwen", StringComparison.Ordinal) ? "qwen" : "gpt2";
        return entries.ContainsKey("<s>") && entries.ContainsKey("</s>") && entries.ContainsKey("<mask>") ? "roberta" : "gpt2";
    }

    private static PipelineTokenizer Gpt2(
        Dictionary<string, int> entries, List<(string, string)> merges, TokenizerSettings settings, TokenizerFileSet files)
    {
        var specials = new[] { "bos_token", "eos_token", "unk_token" }.Select(role => settings.Token(role) ?? "<|endoftext|>");
        return Build(entries, merges, settings, files, specials, qwen: false, SequenceTemplate.Bare, trims: false);
    }

    private static PipelineTokenizer Roberta(
        Dictionary<string, int> entries, List<(string, string)> merges, TokenizerSettings settings, TokenizerFileSet files)
    {
        var separator = settings.Token("sep_token") ?? "</s>";
        var classification = settings.Token("cls_token") ?? "<s>";
        string[] specials =
        [
            classification, separator, settings.Token("pad_token") ?? "<pad>", settings.Token("unk_token") ?? "<unk>", settings.Token("mask_token") ?? "<mask>",
        ];
        return Build(entries, merges, settings, files, specials, qwen: false, SequenceTemplate.Roberta(Id(classification), Id(separator)), trims: true);

        int Id(string token) => entries.TryGetValue(token, out var id) ? id
            : throw new TextDataException($"the vocabulary lacks the special token '{token}'", files.Main);
    }

    private static PipelineTokenizer Build(
        Dictionary<string, int> entries, List<(string, string)> merges, TokenizerSettings settings, TokenizerFileSet files, IEnumerable<string> specials,
        bool qwen, SequenceTemplate template, bool trims)
    {
        var added = settings.AddedTokens.ToList();
        foreach (var token in specials.Distinct(StringComparer.Ordinal))
        {
            if (!added.Exists(t => t.Content == token) && entries.TryGetValue(token, out var id))
                added.Add(new AddedToken(token, id, Special: true, StripLeft: token == "<mask>"));
        }
        var words = new ByteLevelPreTokenizer(settings.Flag("add_prefix_space", false), useRegex: !qwen);
        return new PipelineTokenizer(new TokenizerPipeline
        {
            Normalizer = qwen ? new UnicodeNormalizer(compatibility: false, compose: true) : null,
            PreTokenizer = qwen ? new PreTokenizerSequence([new SplitPreTokenizer(new RegexPattern(QwenWords), SplitBehavior.Isolated), words]) : words,
            Model = new BytePairModel(entries, merges, new BytePairOptions { ByteLevel = true }, files.PathOf(Merges)),
            Template = template,
            TrimsSpans = trims,
            Decoder = new ByteLevelDecoder(),
            AddedTokens = added,
        }, settings, files);
    }

    /// <summary>Reads merges: a pair a line, spaces between; lines that begin with <c>#version</c> and empty ones are passed over.</summary>
    private static List<(string Left, string Right)> ReadMerges(byte[] bytes, string path)
    {
        var merges = new List<(string, string)>();
        using var reader = new StreamReader(new MemoryStream(bytes, writable: false), new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            for (var number = 1; reader.ReadLine() is { } line; number++)
            {
                if (line.Length == 0 || line.StartsWith("#version", StringComparison.Ordinal)) continue;
                var space = line.IndexOf(' ', StringComparison.Ordinal);
                if (space <= 0 || space == line.Length - 1 || line.IndexOf(' ', space + 1) >= 0)
                    throw new TextDataException("a merge is two entries with a space between them", path, number);
                merges.Add((line[..space], line[(space + 1)..]));
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new TextDataException("the file is not UTF-8 text", path, inner: e);
        }
        return merges;
    }
}

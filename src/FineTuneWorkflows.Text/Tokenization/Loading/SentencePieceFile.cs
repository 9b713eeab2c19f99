using FineTuneWorkflows.Text.Tokenization.AddedTokens;
using FineTuneWorkflows.Text.Tokenization.Decoding;
using FineTuneWorkflows.Text.Tokenization.Models;
using FineTuneWorkflows.Text.Tokenization.Normalization;
using FineTuneWorkflows.Text.Tokenization.Patterns;
using FineTuneWorkflows.Text.Tokenization.Pipeline;
using FineTuneWorkflows.Text.Tokenization.PreTokenization;
using FineTuneWorkflows.Text.Tokenization.SentencePiece;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>
/// Reads a SentencePiece model as transformers converts it to a tokenizer.json, so that ids are AutoTokenizer's: BPE models as Llama's (a merge for
/// each way to divide a piece in two, the best score first), unigram models as XLM-R's, whose ids are fairseq's: &lt;s&gt; &lt;pad&gt; &lt;/s&gt;
/// &lt;unk&gt;, then the pieces after the third, then &lt;mask&gt;.
/// </summary>
internal static class SentencePieceFile
{
    private const int Unigram = 1;
    private const int BytePairs = 2;

    public static Tokenizer Read(string folder, string name)
    {
        var files = TokenizerFileSet.Read(folder, name);
        var settings = TokenizerSettings.Read(files);
        var model = SentencePieceModel.Read(files.Bytes(name), files.Main);
        return model.ModelType switch
        {
            BytePairs => Llama(model, settings, files),
            Unigram when IsRoberta(settings, name) => Roberta(model, settings, files),
            Unigram => throw new TextDataException(
                $"the unigram model belongs to {(settings.Class.Length > 0 ? settings.Class : "no known family")}; known is XLMRobertaTokenizer (by "
                + "tokenizer_config.json, config.json, or the name sentencepiece.bpe.model); other families need a tokenizer.json", files.Main),
            _ => throw new TextDataException(
                $"the SentencePiece model has the type {model.ModelType}; known are 1 (unigram) and 2 (BPE)", files.Main),
        };
    }

    private static bool IsRoberta(TokenizerSettings settings, string name) =>
        settings.Class.Length > 0 ? settings.Class is "XLMRobertaTokenizer" or "CamembertTokenizer"
        : settings.ModelType.Length > 0 ? settings.ModelType is "xlm-roberta" or "xlm-roberta-xl" or "camembert"
        : name == "sentencepiece.bpe.model";

    private static PipelineTokenizer Llama(SentencePieceModel model, TokenizerSettings settings, TokenizerFileSet files)
    {
        var entries = new Dictionary<string, int>(StringComparer.Ordinal);
        var added = settings.AddedTokens.ToList();
        string? unknown = null;
        for (var id = 0; id < model.Pieces.Count; id++)
        {
            var (piece, _, kind) = model.Pieces[id];
            if (!entries.TryAdd(piece, id)) throw new TextDataException($"the piece '{piece}' stands there twice, as {entries[piece]} and {id}", files.Main);
            if (kind == PieceKind.Unknown) unknown = piece;
            if (kind is PieceKind.Unknown or PieceKind.Control or PieceKind.UserDefined && !added.Exists(t => t.Content == piece))
                added.Add(new AddedToken(piece, id, Special: kind != PieceKind.UserDefined));
        }
        var pipeline = new TokenizerPipeline
        {
            // transformers' "legacy" tokenizers put the space before each stretch between special tokens, others before the text alone.
            Normalizer = settings.Flag("legacy", true) ? new NormalizerSequence(
                [.. Prefix(model), new ReplaceNormalizer(new LiteralPattern(" "), "\u2581")]) : null,
            PreTokenizer = settings.Flag("legacy", true) ? null
                : new MetaspacePreTokenizer('\u2581', model.AddsDummyPrefix ? MetaspacePrepend.First : MetaspacePrepend.Never, split: false),
            Model = new BytePairModel(entries, Merges(model, entries), new BytePairOptions
            {
                UnknownToken = unknown,
                FuseUnknown = true,
                ByteFallback = model.ByteFallback,
            }, files.Main),
            Template = settings.Class.Length == 0
                ? SequenceTemplate.Decoder(settings.Flag("add_bos_token", true) ? Control("bos_token", "<s>") : null, settings.Flag("add_eos_token", false) ? Control("eos_token", "</s>") : null)
                : settings.WithBeginAndEnd(SequenceTemplate.Bare, added),
            Decoder = new DecoderSequence(
            [
                TokenDecoders.Replace("\u2581", " "), new ByteFallbackDecoder(), new FuseDecoder(),
                TokenDecoders.Strip(' ', model.AddsDummyPrefix ? 1 : 0, 0),
            ]),
            AddedTokens = added,
        };
        return new PipelineTokenizer(pipeline, settings, files);

        int? Control(string role, string usual) => added.Find(t => t.Content == (settings.Token(role) ?? usual))?.Id;
    }

    private static IEnumerable<INormalizer> Prefix(SentencePieceModel model) => model.AddsDummyPrefix ? [new PrependNormalizer("\u2581")] : [];

    /// <summary>Every way to divide a piece into two pieces, in the order in which transformers puts them.</summary>
    private static List<(string, string)> Merges(SentencePieceModel model, Dictionary<string, int> entries)
    {
        var lookup = entries.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new List<(int Left, int Right, int Whole)>();
        foreach (var (piece, whole) in entries.OrderBy(e => e.Value))
        {
            var from = merges.Count;
            for (var i = 1; i < piece.Length; i++)
            {
                if (lookup.TryGetValue(piece.AsSpan(0, i), out var left) && lookup.TryGetValue(piece.AsSpan(i), out var right))
                    merges.Add((left, right, whole));
            }
            merges.Sort(from, merges.Count - from, Comparer<(int Left, int Right, int Whole)>.Create((a, b) =>
                a.Left != b.Left ? a.Left.CompareTo(b.Left) : a.Right.CompareTo(b.Right)));
        }
        return [.. merges.OrderByDescending(m => model.Pieces[m.Whole].Score)
            .Select(m => (model.Pieces[m.Left].Piece, model.Pieces[m.Right].Piece))];
    }

    private static PipelineTokenizer Roberta(SentencePieceModel model, TokenizerSettings settings, TokenizerFileSet files)
    {
        const int specials = 4;
        var entries = new List<(string, double)> { ("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0) };
        entries.AddRange(model.Pieces.Skip(3).Select(p => (p.Piece, (double)p.Score)));
        entries.Add(("<mask>", 0));
        var mask = entries.Count - 1;
        AddedToken[] added =
        [
            new("<s>", 0, true), new("<pad>", 1, true), new("</s>", 2, true), new("<unk>", 3, true), new("<mask>", mask, true, StripLeft: true),
            .. settings.AddedTokens.Where(t => t.Id >= specials && t.Id != mask),
        ];
        return new PipelineTokenizer(new TokenizerPipeline
        {
            Normalizer = new NormalizerSequence(
            [
                PrecompiledNormalizer.Parse(model.NormalizationTable, files.Main), new StripNormalizer(left: false, right: true),
                new ReplaceNormalizer(new RegexPattern(" {2,}"), "\u2581"),
            ]),
            PreTokenizer = new MetaspacePreTokenizer('\u2581', MetaspacePrepend.Always, split: true),
            Model = new UnigramModel(entries, 3, model.ByteFallback, added.Select(t => t.Content).ToHashSet(StringComparer.Ordinal), files.Main),
            Template = SequenceTemplate.Roberta(0, 2),
            Decoder = TokenDecoders.Metaspace('\u2581', prepended: true),
            AddedTokens = added,
        }, settings, files);
    }
}

using System.Text.Json;
using FineTuneWorkflows.Text.Tokenization.AddedTokens;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>Recognizes BERT's own pipeline in a tokenizer.json, which <see cref="WordPieceTokenizer"/> runs in one pass.</summary>
internal static class BertJson
{
    /// <summary>The tokenizer, or null where the file differs from BERT's pipeline in anything.</summary>
    public static WordPieceTokenizer? TryRead(JsonPart root, IReadOnlyList<AddedToken> added, TokenizerFileSet files, TokenizerSettings settings)
    {
        var (normalizer, model) = (root["normalizer"], root["model"]);
        if (Type(normalizer) != "BertNormalizer" || Type(root["pre_tokenizer"]) != "BertPreTokenizer" || ModelReader.Type(model) != "WordPiece") return null;
        if (!normalizer["clean_text"].Flag(true) || model["continuing_subword_prefix"].Text("##") != "##"
            || model["max_input_chars_per_word"].Number(100) != WordPieceModel.MaxWordLength)
            return null;
        var entries = ModelReader.Entries(model["vocab"]);
        var tokens = new string?[entries.Count];
        foreach (var (entry, id) in entries)
        {
            if (id >= tokens.Length || tokens[id] is not null || entry.AsSpan().ContainsAny('\r', '\n')) return null;
            tokens[id] = entry;
        }
        var usual = new WordPieceOptions();
        var options = usual with
        {
            LowerCase = normalizer["lowercase"].Flag(true),
            StripAccents = normalizer["strip_accents"].Exists ? normalizer["strip_accents"].Flag() : null,
            SplitIdeographs = normalizer["handle_chinese_chars"].Flag(true),
            ModelMaxLength = settings.ModelMaxLength,
            UnknownToken = model["unk_token"].Text("[UNK]"),
            SeparatorToken = settings.Token("sep_token") ?? usual.SeparatorToken,
            PaddingToken = settings.Token("pad_token") ?? usual.PaddingToken,
            ClassificationToken = settings.Token("cls_token") ?? usual.ClassificationToken,
            MaskToken = settings.Token("mask_token") ?? usual.MaskToken,
        };
        var names = options.SpecialTokens.ToHashSet(StringComparer.Ordinal);
        if (!names.IsSubsetOf(entries.Keys) || added.Any(t => !names.Contains(t.Content) || t.Normalized || t.StripLeft || t.StripRight || t.SingleWord))
            return null;
        var (template, _) = PostProcessorReader.Read(root["post_processor"]);
        return WordPieceTokenizer.FromParts(tokens!, options, template, files);
    }

    private static string? Type(JsonPart part) => part["type"].Value.ValueKind == JsonValueKind.String ? part["type"].Text() : null;
}

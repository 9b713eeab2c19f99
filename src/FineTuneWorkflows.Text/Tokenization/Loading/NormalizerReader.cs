using FineTuneWorkflows.Text.Tokenization.Normalization;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>Reads the <c>normalizer</c> of a tokenizer.json.</summary>
internal static class NormalizerReader
{
    private const string Known = "BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip and StripAccents";

    /// <summary>The normalizer, or null where there is none.</summary>
    public static INormalizer? Read(JsonPart part)
    {
        if (!part.Exists) return null;
        part.RequireFewSteps("normalizers");
        return part["type"].Text() switch
        {
            "Sequence" => new NormalizerSequence([.. part["normalizers"].Items().Select(p => Read(p) ?? throw p.Wrong("a normalizer"))]),
            "BertNormalizer" => Bert(part),
            "Lowercase" => new LowercaseNormalizer(),
            "NFC" => new UnicodeNormalizer(compatibility: false, compose: true),
            "NFD" => new UnicodeNormalizer(compatibility: false, compose: false),
            "NFKC" => new UnicodeNormalizer(compatibility: true, compose: true),
            "NFKD" => new UnicodeNormalizer(compatibility: true, compose: false),
            "Nmt" => new NmtNormalizer(),
            "Precompiled" => Precompiled(part["precompiled_charsmap"]),
            "Prepend" => new PrependNormalizer(part["prepend"].Text()),
            "Replace" => new ReplaceNormalizer(PatternReader.Read(part["pattern"]), part["content"].Text(), part.Place),
            "Strip" => new StripNormalizer(part["strip_left"].Flag(true), part["strip_right"].Flag(true)),
            "StripAccents" => new StripAccentsNormalizer(),
            _ => throw part.Unknown("normalizer", Known),
        };
    }

    private static BertNormalizer Bert(JsonPart part)
    {
        var lowerCase = part["lowercase"].Flag(true);
        return new BertNormalizer(
            part["clean_text"].Flag(true), part["handle_chinese_chars"].Flag(true), part["strip_accents"].Flag(lowerCase), lowerCase);
    }

    private static INormalizer Precompiled(JsonPart part)
    {
        if (!part.Exists) return new NormalizerSequence([]);
        try
        {
            return PrecompiledNormalizer.Parse(Convert.FromBase64String(part.Text()), part.File);
        }
        catch (FormatException e)
        {
            throw new TextDataException($"'{part.Place}' is not base64", part.File, inner: e);
        }
    }
}

using System.Globalization;
using System.Text;
using FineTuneWorkflows.Text.Tokenization.Normalization;
using FineTuneWorkflows.Text.Tokenization.Patterns;
using FineTuneWorkflows.Text.Tokenization.PreTokenization;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>Reads the <c>pre_tokenizer</c> of a tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    private const string Known =
        "BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, Metaspace, Punctuation, Sequence, Split, Whitespace and WhitespaceSplit";

    /// <summary>The pre-tokenizer, or null where there is none.</summary>
    public static IPreTokenizer? Read(JsonPart part)
    {
        if (!part.Exists) return null;
        part.RequireFewSteps("pretokenizers");
        return Read(part, last: true);
    }

    /// <summary>Whether bytes are shown as characters, so that the vocabulary is written in that alphabet.</summary>
    public static bool UsesBytes(JsonPart part) => part.Exists && part["type"].Text() switch
    {
        "ByteLevel" => true,
        "Sequence" => part["pretokenizers"].Items().Any(UsesBytes),
        _ => false,
    };

    /// <summary>The steps of BERT's own pre-tokenizer: words between spaces, each punctuation character by itself.</summary>
    public static IPreTokenizer Bert() => new PreTokenizerSequence(
    [
        new SplitPreTokenizer(new RunePattern(Rune.IsWhiteSpace), SplitBehavior.Removed), new SplitPreTokenizer(new RunePattern(IsPunctuation), SplitBehavior.Isolated),
    ]);

    private static IPreTokenizer Read(JsonPart part, bool last)
    {
        switch (part["type"].Text())
        {
            case "Sequence":
                var items = part["pretokenizers"].Items().ToList();
                return new PreTokenizerSequence([.. items.Select((p, i) => Read(p, last && i == items.Count - 1))]);
            case "ByteLevel":
                if (!last) throw new TextDataException($"the pre-tokenizer ByteLevel ('{part.Place}') is supported only as the last one", part.File);
                return new ByteLevelPreTokenizer(part["add_prefix_space"].Flag(true), part["use_regex"].Flag(true));
            case "BertPreTokenizer":
                return Bert();
            case "Whitespace":
                return new SplitPreTokenizer(new RegexPattern(@"\w+|[^\w\s]+"), SplitBehavior.Removed, invert: true);
            case "WhitespaceSplit":
                return new SplitPreTokenizer(new RunePattern(Rune.IsWhiteSpace), SplitBehavior.Removed);
            case "Punctuation":
                return new SplitPreTokenizer(new RunePattern(IsPunctuation), Behavior(part["behavior"]));
            case "Digits":
                return new SplitPreTokenizer(
                    new RunePattern(IsNumeric), part["individual_digits"].Flag(false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous);
            case "CharDelimiterSplit":
                return new SplitPreTokenizer(new LiteralPattern(part["delimiter"].Character(' ').ToString()), SplitBehavior.Removed);
            case "Split":
                return new SplitPreTokenizer(PatternReader.Read(part["pattern"]), Behavior(part["behavior"]), part["invert"].Flag(false));
            case "Metaspace":
                return new MetaspacePreTokenizer(part["replacement"].Character('\u2581'), Prepend(part), part["split"].Flag(true));
            default:
                throw part.Unknown("pre-tokenizer", Known);
        }
    }

    // Older files say add_prefix_space instead.
    internal static MetaspacePrepend Prepend(JsonPart part) => part["prepend_scheme"].Exists
        ? part["prepend_scheme"].Text() switch
        {
            "always" => MetaspacePrepend.Always,
            "first" => MetaspacePrepend.First,
            "never" => MetaspacePrepend.Never,
            _ => throw part["prepend_scheme"].Wrong("always, first or never"),
        }
        : part["add_prefix_space"].Flag(true) ? MetaspacePrepend.Always : MetaspacePrepend.Never;

    private static SplitBehavior Behavior(JsonPart part)
    {
        if (!part.Exists) return SplitBehavior.Isolated;
        return Enum.TryParse<SplitBehavior>(part.Text(), out var behavior) && Enum.IsDefined(behavior) && !char.IsAsciiDigit(part.Text()[0]) ? behavior
            : throw part.Wrong(string.Join(", ", Enum.GetNames<SplitBehavior>()));
    }

    private static bool IsPunctuation(Rune r) => BertCharacter.IsPunctuation(r, Rune.GetUnicodeCategory(r));

    private static bool IsNumeric(Rune r) =>
        Rune.GetUnicodeCategory(r) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}

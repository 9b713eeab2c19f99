using System.Text.Json;
using FineTuneWorkflows.Text.Tokenization.Models;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>Reads the <c>model</c> of a tokenizer.json.</summary>
internal static class ModelReader
{
    private const string Known = "BPE, Unigram and WordPiece";

    // The longest entries of the known families have a few hundred characters; a search goes along them.
    private const int LongestEntry = 4096, LongestAffix = 64;

    /// <summary>The model.</summary>
    /// <param name="part">The part of the file.</param>
    /// <param name="byteLevel">Whether the vocabulary is written in bytes.</param>
    /// <param name="special">The special tokens.</param>
    public static WordModel Read(JsonPart part, bool byteLevel, IReadOnlySet<string> special)
    {
        var type = Type(part);
        if (byteLevel && type is ("WordPiece" or "Unigram")) throw new TextDataException($"the pre-tokenizer ByteLevel is supported with the model BPE only, not with {type}", part.File);
        return type switch
        {
            "BPE" => BytePairs(part, byteLevel),
            "WordPiece" => new WordPieceWordModel(
                Entries(part["vocab"]), part["unk_token"].Text("[UNK]"), part["continuing_subword_prefix"].Text("##"),
                part["max_input_chars_per_word"].Number(100), part.File),
            "Unigram" => Unigram(part, special),
            _ => throw part.Unknown("model", Known),
        };
    }

    /// <summary>The model's type; files of before 2020 leave it out.</summary>
    public static string Type(JsonPart part)
    {
        if (part["type"].Exists) return part["type"].Text();
        return part["merges"].Exists ? "BPE" : part["unk_id"].Exists ? "Unigram" : "WordPiece";
    }

    /// <summary>A vocabulary: each entry with its number.</summary>
    public static Dictionary<string, int> Entries(JsonPart part)
    {
        var entries = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (entry, id) in part.Members()) entries[Short(entry, id)] = id.Id();
        return entries;
    }

    private static string Short(string entry, JsonPart part) => entry.Length <= LongestEntry ? entry
        : throw new TextDataException($"'{part.Place[..Math.Min(part.Place.Length, 100)]}' is an entry of {entry.Length} characters; {LongestEntry} at most are supported", part.File);

    private static string Affix(JsonPart part) => part.Text("") is { Length: <= LongestAffix } affix ? affix : throw part.Wrong($"a text of {LongestAffix} characters at most");

    private static BytePairModel BytePairs(JsonPart part, bool byteLevel)
    {
        if (part["dropout"].Exists && part["dropout"].Real() > 0)
            throw new TextDataException($"'{part["dropout"].Place}' is not 0: dividing words at random is not supported", part.File);
        return new BytePairModel(Entries(part["vocab"]), [.. part["merges"].Items().Select(Merge)], new BytePairOptions
        {
            ByteLevel = byteLevel,
            UnknownToken = part["unk_token"].Exists ? part["unk_token"].Text() : null,
            FuseUnknown = part["fuse_unk"].Flag(false),
            ByteFallback = part["byte_fallback"].Flag(false),
            WholeWordsFirst = part["ignore_merges"].Flag(false),
            Prefix = Affix(part["continuing_subword_prefix"]),
            Suffix = Affix(part["end_of_word_suffix"]),
        }, part.File);
    }

    // "a b" in older files, ["a", "b"] in newer ones.
    private static (string Left, string Right) Merge(JsonPart part)
    {
        if (part.Value.ValueKind == JsonValueKind.Array)
        {
            var pair = part.Items().ToList();
            return pair.Count == 2 ? (pair[0].Text(), pair[1].Text()) : throw part.Wrong("two entries");
        }
        var text = part.Text();
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && space < text.Length - 1 && text.IndexOf(' ', space + 1) < 0 ? (text[..space], text[(space + 1)..])
            : throw part.Wrong("two entries with a space between them");
    }

    private static UnigramModel Unigram(JsonPart part, IReadOnlySet<string> special)
    {
        var entries = new List<(string, double)>();
        foreach (var item in part["vocab"].Items())
        {
            var pair = item.Items().ToList();
            if (pair.Count != 2) throw item.Wrong("an entry and its score");
            entries.Add((Short(pair[0].Text(), pair[0]), pair[1].Real()));
        }
        return new UnigramModel(
            entries, part["unk_id"].Exists ? part["unk_id"].Number() : null, part["byte_fallback"].Flag(false), special, part.File);
    }
}

using System.Globalization;
using System.Text;
using CsCheck;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tests.Tokenization.Loading;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Labelling;

/// <summary>The way that data takes: a text with entities, words with tags, tokens with labels; and the way back that predictions take.</summary>
public sealed class AlignmentPropertyTests : IDisposable
{
    private static readonly string[] Tags = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"];

    private static readonly Gen<string> AnyWord = Gen.Frequency(
        (4, Gen.OneOfConst("unbelievably", "München", "U.S.", "x", "中文", "Łódź", "O'Neill", "42nd", "naïve-ish", "👩‍👩‍👧", "é", "##ing", "▁a", "[MASK]")),
        (2, Gen.Char.AlphaNumeric.Array[1, 12].Select(chars => new string(chars))),
        (2, Gen.Int[0x21, 0x2FFFF].Where(Rune.IsValid).Array[1, 6].Select(points => string.Concat(points.Select(p => new Rune(p).ToString())))));

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("bert")]
    [InlineData("bytes")]
    [InlineData("llama")]
    [InlineData("xlm-roberta")]
    public void Every_entity_survives_the_way_to_tokens_and_back(string kind)
    {
        var tokenizer = Load(kind);
        var piece = Gen.Select(AnyWord.Array[1, 3], Gen.OneOfConst("", "", "PER", "LOC"), Gen.OneOfConst("", " ", "  "));
        piece.Array[1, 8].Sample(pieces =>
        {
            var (text, entities) = Text(pieces);
            var (words, tags, _, _, dropped) = TextWords.Tag(text, entities);
            var row = tokenizer.EncodeWords(words);
            var numbers = tags.Select(tag => Array.IndexOf(Tags, tag)).ToArray();
            var labels = TokenLabels.OfWords(row, numbers);
            // One label for each word that has a token, at its first; a word without one holds nothing that is seen.
            var labelled = Enumerable.Range(0, row.Ids.Length).Where(t => labels[t] != TokenLabels.Ignored).ToArray();
            Assert.Equal(labelled.Select(t => row.WordIds[t]).Distinct(), labelled.Select(t => row.WordIds[t]));
            Assert.Equal(row.WordIds.Where(w => w >= 0).Distinct().Order(), labelled.Select(t => row.WordIds[t]));
            var lost = Enumerable.Range(0, words.Count).Except(row.WordIds).ToHashSet();
            Assert.All(lost, word => Assert.True(IsInvisible(words[word]), $"'{words[word]}' has no token"));
            Assert.All(labelled, t => Assert.Equal(numbers[row.WordIds[t]], labels[t]));

            // Back from the tokens, as seqeval reads tags: every entity that has a token for each of its words is there, and no other.
            string[] found = [.. Enumerable.Range(0, words.Count).Select(word => lost.Contains(word) ? "O" : Tags[labels[Array.IndexOf(row.WordIds, word)]])];
            var hidden = Chunks(tags).Where(entity => lost.Any(entity.Has)).ToList();
            Assert.Equal(Chunks(tags).Except(hidden), Chunks(found).Where(entity => !hidden.Exists(whole => whole.Has(entity.Start))));
            Assert.Equal(entities.Count - dropped, Chunks(tags).Count);
        }, iter: 500, threads: 1);
    }

    [Fact]
    public void Words_do_not_depend_on_the_entities_and_each_entity_is_kept_widened_or_dropped()
    {
        var piece = Gen.Select(AnyWord.Array[1, 3], Gen.OneOfConst("", "PER", "LOC"), Gen.OneOfConst("", " ", "\t\n"));
        piece.Array[1, 8].Sample(pieces =>
        {
            var (text, entities) = Text(pieces);
            var tagged = TextWords.Tag(text, entities);
            Assert.Equal(TextWords.Split(text).Select(w => text[w.Start..w.End]), tagged.Words);
            Assert.Equal(entities.Count - tagged.Dropped, tagged.Tags.Count(tag => tag[0] == 'B'));
            Assert.All(tagged.Tags, tag => Assert.Contains(tag, Tags));
            Assert.Equal(tagged.Misaligned.Count, tagged.Widened + tagged.Dropped);
            // The words are the text's own, so that they can be found in it again, and each entity that no border cuts is its own words.
            var places = TextWords.Locate(text, tagged.Words)!;
            Assert.Equal(TextWords.Split(text), places);
            var found = Chunks(tagged.Tags).Select(c => new EntitySpan(places[c.Start].Start, places[c.End - 1].End, c.Kind)).ToList();
            Assert.All(entities.Except(tagged.Misaligned), e => Assert.Contains(found, f => f.Label == e.Label && f.Start >= e.Start && f.End <= e.End));
            Assert.All(found, f => Assert.Contains(entities, e => e.Label == f.Label && e.Start < f.End && e.End > f.Start));

            var strict = TextWords.Tag(text, entities, policy: MisalignedSpans.Drop);
            Assert.Equal(tagged.Words, strict.Words);
            Assert.Equal(entities.Count - tagged.Misaligned.Count, strict.Tags.Count(tag => tag[0] == 'B'));
            Assert.Equal((0, tagged.Misaligned.Count), (strict.Widened, strict.Dropped));
        }, iter: 500, threads: 1);
    }

    private static (string Text, List<EntitySpan> Entities) Text((string[] Words, string Label, string Gap)[] pieces)
    {
        var text = new StringBuilder();
        var entities = new List<EntitySpan>();
        foreach (var (words, label, gap) in pieces)
        {
            var start = text.Length;
            text.AppendJoin(' ', words);
            if (label.Length > 0 && TextWords.Split(string.Concat(words)).Count > 0) entities.Add(new EntitySpan(start, text.Length, label));
            text.Append(gap);
        }
        return (text.ToString(), entities);
    }

    private static List<Chunk> Chunks(IReadOnlyList<string> tags)
    {
        var chunks = new List<Chunk>();
        for (var i = 0; i < tags.Count; i++)
        {
            if (tags[i][0] == 'I' && chunks.Count > 0 && chunks[^1].End == i && chunks[^1].Kind == tags[i][2..]) chunks[^1] = chunks[^1] with { End = i + 1 };
            else if (tags[i] != "O") chunks.Add(new Chunk(tags[i][2..], i, i + 1));
        }
        return chunks;
    }

    // U+2581 is SentencePiece's sign of a space, which its normalization makes one.
    private static bool IsInvisible(string word) => word.EnumerateRunes().All(r => r == Rune.ReplacementChar || r.Value == 0x2581 || Rune.GetUnicodeCategory(r)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private Tokenizer Load(string kind) => kind switch
    {
        "bert" => Tokenizer.Load(ShippedData.Bert),
        "bytes" => SmallTokenizers.Bytes(_temp),
        _ => Tokenizer.Load(Path.Combine(AppContext.BaseDirectory, "Tokenization", "Fixtures", kind)),
    };

    private sealed record Chunk(string Kind, int Start, int End)
    {
        public bool Has(int word) => word >= Start && word < End;
    }
}

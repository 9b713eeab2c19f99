using System.Globalization;
using System.Text;
using FineTuneWorkflows.Tests.Python;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Tokenization.Reference;

/// <summary>Tokenizers that are saved here give AutoTokenizer's ids, where a Python with transformers is at hand; see Fixtures/README.md.</summary>
public sealed class LiveTokenizerTests(TokenizerReference reference) : IClassFixture<TokenizerReference>
{
    private static readonly EncodeOptions Options = new() { SpecialTokensInText = true };

    public static TheoryData<string> Kinds => [.. TokenizerReference.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_hundred_thousand_lines_give_the_same_ids_but_for_characters_that_are_named(string kind)
    {
        ReferencePython.Require("transformers", "tokenizers");
        string[] differing = Differing(kind, reference.Lines, reference.Ids(kind));
        Say($"{kind}: {differing.Length} of {reference.Lines.Count} lines differ");
        if (differing.Length == 0)
            return;
        Assert.SkipWhen(
            kind is "llama2" or "xlm-roberta" && !reference.Version.StartsWith("4.", StringComparison.Ordinal),
            $"{differing.Length} lines differ: transformers {reference.Version} treats spaces otherwise than transformers 4 where a SentencePiece model is alone; see Fixtures/README.md");
        Rune[] named = Named(kind, differing);
        foreach (IGrouping<string, Rune> reason in named.GroupBy(rune => Reason(kind, rune)))
            Say($"{kind}: {reason.Key}: {string.Join(", ", reason.Take(12).Select(Name))}{(reason.Count() > 12 ? $" and {reason.Count() - 12} more" : "")}");
        Assert.DoesNotContain(named, rune => Reason(kind, rune).Length == 0);
        string[] without = [.. differing.Select(line => string.Concat(line.EnumerateRunes().Where(rune => !named.Contains(rune)).Select(rune => rune.ToString())))];
        string[] left = Differing(kind, without, reference.Ids(kind, without));
        Assert.True(left.Length == 0, $"{kind}: {left.Length} lines differ for no known reason, the first is {left.FirstOrDefault()}");
    }

    /// <summary>Why a character is told apart otherwise; empty where that is not known.</summary>
    private static string Reason(string kind, Rune rune) => rune.Value switch
    {
        0x3A3 when kind == "bert-vocab" => "a capital sigma at a word's end becomes the final one, as in BERT's own code",
        >= 0x2B820 and < 0x2B920 when kind.StartsWith("bert", StringComparison.Ordinal) => "ideographs that BERT's own code has and the reference's table, which begins at U+2B920, has not",
        _ => NewerUnicode(rune) ? "marks, punctuation and formats as newer versions of Unicode have them" : "",
    };

    // U+166D was punctuation until Unicode 12.
    private static bool NewerUnicode(Rune rune) => rune.Value == 0x166D || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
        or UnicodeCategory.Format or UnicodeCategory.OtherPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation;

    private static string Name(Rune rune) => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}");

    /// <summary>The characters of lines that give other ids inside a word, at its end, or beside marks that they may change places with.</summary>
    private Rune[] Named(string kind, string[] lines)
    {
        Rune[] all = [.. lines.SelectMany(line => line.EnumerateRunes()).Where(rune => !rune.IsAscii).Distinct().OrderBy(rune => rune.Value)];
        var differing = Differing(kind, [.. all.SelectMany(Probes)], reference.Ids(kind, [.. all.SelectMany(Probes)])).ToHashSet(StringComparer.Ordinal);
        return [.. all.Where(rune => Probes(rune).Any(differing.Contains))];

        static string[] Probes(Rune rune) => [$"a{rune}a", $"a{rune}", $"b\u0301{rune}", $"b{rune}\u0301", $"b{rune}\u0323"];
    }

    private string[] Differing(string kind, IReadOnlyList<string> lines, int[][] expected)
    {
        Tokenizer tokenizer = reference.Load(kind);
        Assert.Equal(lines.Count, expected.Length);
        return [.. lines.AsParallel().AsOrdered().WithDegreeOfParallelism(2).Where((line, i) => !tokenizer.Encode(line, Options).Ids.AsSpan().SequenceEqual(expected[i]))];
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}

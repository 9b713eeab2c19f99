using System.IO.Compression;
using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Conventions.Tests.Documents;

/// <summary>Documents are spelled with words of the English texts that come with the project, and those of <c>words.txt</c>; the reference pages hold every description of a stage, command and setting.</summary>
public sealed partial class SpellingTests
{
    private static readonly string[] English = ["texts/definitions.txt.gz", "texts/speeches.txt.gz", "texts/moby-dick.txt.gz", "wordnet/synonyms.tsv.gz"];

    private static readonly (string Ending, string[] Stems)[] Endings = [("ies", ["y"]), ("es", [""]), ("s", [""]), ("ed", ["", "e"]), ("ing", ["", "e"])];

    private static readonly Lazy<HashSet<string>> Known = new(() =>
        [.. English.SelectMany(file => Letters().Matches(Unpacked(Checkout.At($"data/{file}"))).Select(word => word.Value.ToLowerInvariant())), .. Own]);

    private static string[] Own => [.. File.ReadLines(Checkout.At("tests/FineTuneWorkflows.Conventions.Tests/Documents/words.txt")).Where(line => !line.StartsWith('#'))];

    [Fact]
    public void Documents_have_no_unknown_words()
    {
        var unknown = Directory.EnumerateFiles(Checkout.Root, "*.md").Concat(Checkout.Files("docs", "*.md"))
            .SelectMany(file => Unknown(File.ReadAllText(file)).Select(word => $"{Checkout.Relative(file)}: {word}")).ToList();

        Assert.True(unknown.Count == 0, $"Mend these, or add them to words.txt:\n{string.Join('\n', unknown)}");
    }

    [Fact]
    public void The_own_words_are_sorted_and_needed()
    {
        Assert.Equal(Own.Distinct().Order(StringComparer.Ordinal), Own);
        var texts = string.Join('\n', Directory.EnumerateFiles(Checkout.Root, "*.md").Concat(Checkout.Files("docs", "*.md")).Select(File.ReadAllText)).ToLowerInvariant();
        var used = Letters().Matches(texts).SelectMany(word => Forms(word.Value)).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(Own.ToHashSet(StringComparer.Ordinal), used);
    }

    [Theory]
    [InlineData("The tokenizer recieves a text.", "recieves")]
    [InlineData("Seperate runs", "seperate")]
    [InlineData("`recieve` and [text](recieve.md) and https://example.org/recieve and BaseModel and F1", null)]
    [InlineData("Checkpoints, tokenizers and cached, tested, leaving stages", null)]
    public void A_misspelled_word_is_found_outside_of_code_and_links(string text, string? unknown) => Assert.Equal(unknown is null ? [] : [unknown], Unknown(text));

    private static IEnumerable<string> Unknown(string text) =>
        Words().Matches(NoProse().Replace(text, " ")).Select(match => match.Value)
            .Where(word => word.AsSpan(1).IndexOfAnyInRange('A', 'Z') < 0)
            .Select(word => word.ToLowerInvariant()).Where(word => !Forms(word).Any(Known.Value.Contains)).Distinct();

    /// <summary>A word, and what it may be an inflection of.</summary>
    private static IEnumerable<string> Forms(string word)
    {
        yield return word;
        foreach (var (ending, stems) in Endings)
            if (word.EndsWith(ending, StringComparison.Ordinal))
                foreach (var stem in stems)
                    yield return word[..^ending.Length] + stem;
    }

    private static string Unpacked(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    // Blocks and pieces of code, targets of links, addresses.
    [GeneratedRegex(@"```.*?```|`[^`]*`|(?<=\])\([^)]*\)|https?://\S+|\$\{[^}]*\}", RegexOptions.Singleline)]
    private static partial Regex NoProse();

    // Four letters or more, which are no part of a path, a file's name or an identifier.
    [GeneratedRegex(@"(?<![\w@/.\-])[A-Za-z][a-z]{3,}(?![\w@/]|\.\w)")]
    private static partial Regex Words();

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Letters();
}

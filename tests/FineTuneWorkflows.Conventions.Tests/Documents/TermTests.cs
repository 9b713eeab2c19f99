using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Conventions.Tests.Documents;

/// <summary>What users and contributors read says what practitioners say; <c>terms.txt</c> lists what it does not.</summary>
public sealed class TermTests
{
    private static readonly (string Instead, Regex Pattern)[] Terms =
    [
        .. File.ReadLines(Checkout.At("tests/FineTuneWorkflows.Conventions.Tests/Documents/terms.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split(" -> "))
            .Select(parts => (parts[1], Pattern(parts[0]))),
    ];

    private static IEnumerable<string> Texts =>
        Checkout.Files("src", "*.cs").Concat(Checkout.Files("src", "*.razor")).Concat(Checkout.Files("docs", "*.md")).Concat(Checkout.Files("workflows", "*.json"))
            .Concat(Checkout.Files(".github", "*.md")).Concat(Checkout.Files("benchmarks", "*.md")).Concat(Checkout.Files("benchmarks", "*.cs")).Concat(Directory.EnumerateFiles(Checkout.Root, "*.md"));

    [Fact]
    public void Code_messages_and_documents_use_the_words_of_the_field()
    {
        var found = Texts.SelectMany(file => Found(File.ReadAllText(file)).Select(found => $"{Checkout.Relative(file)}:{found}")).ToList();

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Theory]
    [InlineData("Trains on classes of texts.", "1: 'classes of texts', say: text classification")]
    [InlineData("/// On the\n    /// processor it is slow.", "1: 'the processor', say: the CPU")]
    [InlineData("one\ntwo\nWeights Start  fresh here", "3: 'Start fresh', say: newly initialized")]
    public void A_discouraged_term_is_named_with_its_line_and_what_to_say(string text, string found) => Assert.Equal([found], Found(text));

    [Theory]
    [InlineData("subclasses of texts")]
    [InlineData("the processors")]
    [InlineData("restart freshly")]
    public void Only_whole_words_count(string text) => Assert.DoesNotContain(Found(text), found => found.Contains("'the processor'", StringComparison.Ordinal) || found.Contains("classes of texts", StringComparison.Ordinal) || found.Contains("fresh", StringComparison.Ordinal));

    private static IEnumerable<string> Found(string text) =>
        Terms.SelectMany(term => term.Pattern.Matches(text).Select(match => (match.Index, Text: $"{1 + text.AsSpan(0, match.Index).Count('\n')}: '{Words(match.Value)}', say: {term.Instead}")))
            .OrderBy(found => found.Index).Select(found => found.Text);

    private static string Words(string match) => Regex.Replace(match, @"\s+(///?\s*)?", " ");

    // Between two words of a term may be a line's end and the sign of a comment.
    private static Regex Pattern(string term) =>
        new($@"(?<!\w){string.Join(@"\s+(?:///?\s*)?", term.Split(' ').Select(Regex.Escape))}(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}

using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Text.Tests.Datasets.Reading;

public sealed class ConllReadingTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("10\u00a0000\tB-NUM\nEuro\tO\n", "10\u00a0000|Euro")]
    [InlineData("10\u00a0000 B-NUM\nEuro O\n", "10\u00a0000|Euro")]
    [InlineData("東京\u3000都\tB-LOC\n。\tO\n", "東京\u3000都|。")]
    [InlineData("New York\tB-LOC\nis\tO\t\n", "New York|is")]
    [InlineData("a  NN\u2009X  B-X\nb NN O \n", "a|b")]
    public void Only_tabs_separate_where_a_line_has_them_and_other_spaces_are_part_of_a_word(string content, string words) =>
        Assert.Equal(words, string.Join('|', Reading.Of(_temp.Write("a.conll", content)).Rows.Single().Example.Words));

    [Fact]
    public void A_first_column_that_counts_is_refused_with_the_option_for_the_word()
    {
        const string Content = "1\tRusia\t_\tn\tB-org\n2\tllegó\t_\tv\tO\n\n1\tHoy\t_\tr\tO\n";
        var path = _temp.Write("a.conll", Content);
        var error = Reading.Fails(path);
        Assert.Equal(1, error.Line);
        Assert.Contains("the first column counts the words instead of being them; the columns of the sentence's first word are: 1 '1', 2 'Rusia', 3 '_', 4 'n', 5 'B-org'; set WordColumn=2", error.Message, StringComparison.Ordinal);
        Assert.Equal(["Rusia", "llegó"], Reading.Of(path, new() { WordColumn = 2 }).Rows[0].Example.Words);
        Assert.Equal(["1", "2"], Reading.Of(path, new() { WordColumn = 1 }).Rows[0].Example.Words);
        Assert.Contains("the line has 5 columns where column 7 is asked for", Reading.Fails(path, new() { WordColumn = 7 }).Message, StringComparison.Ordinal);
        path = _temp.Write("b.conll", "# sent_id = 1\n0\tRusia\tB-org\tn\n1\tllegó\tO\tv\n");
        Assert.Contains("b.conll:2: the first column counts", Reading.Fails(path, new() { TagColumn = 3 }).Message, StringComparison.Ordinal);
        Assert.Equal(["B-org", "O"], Reading.Of(path, new() { WordColumn = 2, TagColumn = 3 }).Rows[0].Example.Tags);
        Assert.Equal(["1", "2"], Reading.Of(_temp.Write("c.conll", "1 O\n2 B-X\n")).Rows[0].Example.Words);
    }

    [Theory]
    [InlineData("Ann B-PER\nLee\n", ":2: the word 'Lee' has no tag")]
    [InlineData("Ann PER\n", ":1: the tag 'PER' is not valid")]
    public void A_line_without_a_tag_is_an_error_that_names_it(string content, string problem) =>
        Assert.Contains(problem, Reading.Fails(_temp.Write("x.conll", content)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("O O B-P E-P O S-P S-P B-L I-L E-L", "O O B-P I-P O B-P B-P B-L I-L I-L", "BIOES")]
    [InlineData("U-P B-P I-P L-P L-P O", "B-P B-P I-P I-P B-P O", "BILOU")]
    [InlineData("B-P M-P E-P S-P B-P E-P M-P", "B-P I-P I-P B-P B-P I-P B-P", "BMES")]
    [InlineData("B-P M-P E-P W-P O", "B-P I-P I-P B-P O", "BMEWO")]
    public void Other_schemes_of_tags_become_IOB2_and_are_said(string tags, string iob2, string scheme)
    {
        var each = tags.Split(' ');
        var conll = string.Join('\n', each.Select((tag, i) => $"w{i}\t{tag}"));
        var json = System.Text.Json.JsonSerializer.Serialize(new { tokens = each.Select((_, i) => $"w{i}"), tags = each });
        foreach (var (name, content) in new[] { ("a.conll", conll), ("a.jsonl", json) })
        {
            var (rows, _, notes) = Reading.Of(_temp.Write(name, content));
            Assert.Equal(iob2, string.Join(' ', rows.Single().Example.Tags));
            Assert.StartsWith($"{name}: tags of the scheme {scheme} became IOB2, {each.Count(t => t.Length > 1 && t[0] is not ('B' or 'I'))} of them ", Assert.Single(notes), StringComparison.Ordinal);
        }
        Assert.Empty(Reading.Of(_temp.Write("b.conll", "a B-X\nb I-X\nc O\n")).Notes);
    }

    [Theory]
    [InlineData("I-P I-P B-P O I-L I-P", "B-P I-P B-P O B-L B-P", "3 entities begin with I-, as in IOB1; the first tag became B- (IOB2)")]
    [InlineData("B-P I-P O I-P", "B-P I-P O B-P", "1 entity begins with I-, as in IOB1; the first tag became B- (IOB2)")]
    [InlineData("S-P I-P O O", "B-P B-P O O", "tags of the scheme BIOES became IOB2, 1 of them S-; 1 entity begins with I-, as in IOB1; the first tag became B- (IOB2)")]
    public void An_entity_that_begins_with_I_begins_with_B_afterwards_and_that_is_said(string tags, string iob2, string note)
    {
        var (rows, _, notes) = Reading.Of(_temp.Write("a.conll", string.Join('\n', tags.Split(' ').Select((tag, i) => $"w{i} {tag}"))));
        Assert.Equal(iob2, string.Join(' ', rows.Single().Example.Tags));
        Assert.Equal([$"a.conll: {note}"], notes);
    }

    [Theory]
    [InlineData("Ada\nlives\n\n#\nRome\n", 0, "Ada lives|# Rome")]
    [InlineData("# sent_id = 1\n1\tAda\t_\n2\tlives\t_\n\n# sent_id = 2\n1\tRome\t_\n", 2, "Ada lives|Rome")]
    [InlineData("Ada B-PER\nlives O\n", 0, "Ada lives")]
    public void Words_to_be_predicted_need_no_tags(string content, int column, string words)
    {
        var rows = Reading.Of(_temp.Write("a.conll", content), new() { WithLabels = false, WordColumn = column }).Rows;
        Assert.Equal(words, string.Join('|', rows.Select(r => string.Join(' ', r.Example.Words))));
        Assert.Contains("the first column counts", Reading.Fails(_temp.Write("b.conll", "1\tAda\n2\tlives\n"), new() { WithLabels = false }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_CoNLL_U_that_are_no_words_are_passed_over_and_counted()
    {
        var path = _temp.Write("a.conll", "# text = du pain\n1-2\tdu\t_\tO\n1\tde\t_\tO\n2\tle\t_\tO\n2.1\telided\t_\tO\n3\tpain\t_\tB-X\n");
        Assert.Contains("the first column counts the words", Reading.Fails(path).Message, StringComparison.Ordinal);
        var (rows, _, notes) = Reading.Of(path, new() { WordColumn = 2 });
        Assert.Equal(["de", "le", "pain"], rows.Single().Example.Words);
        Assert.Contains("a.conll: 2 lines of several words together (1-2) or of words that the text does not have (2.1) were passed over", notes);
    }

    [Fact]
    public void A_text_file_of_tagged_words_is_recognised_and_said()
    {
        var path = _temp.Write("train.txt", "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n");
        var (rows, _, notes) = Reading.Of(path);
        Assert.Equal(["EU", "rejects"], rows.Single().Example.Words);
        Assert.Equal("train.txt: read as CoNLL, recognised by its first lines", Assert.Single(notes));
        Assert.Equal(DataKind.TokenClassification, ExampleReader.KindOf(path, new()));
        Assert.Equal(3, Reading.Of(path, new() { Kind = DataKind.PlainText }).Rows.Count);
        foreach (var prose in new[] { "EU rejects it.\nTo be or not to be\n", "Plan B-1\nand more of it\n", "we chose option O\nand they O\n" })
            Assert.Equal(DataKind.PlainText, ExampleReader.KindOf(_temp.Write("prose.txt", prose), new()));
    }

    [Theory]
    [InlineData("EU NNP B-NP B-ORG\nis VBZ B-VP O\n\nParis NNP B-NP\nis VBZ B-VP O\n", 4, 3, 4)]
    [InlineData("Ada B-PER\nlives O\n\nNew York B-LOC\nis O\n", 4, 3, 2)]
    public void A_line_with_more_or_fewer_columns_than_the_first_is_a_bad_row(string content, long line, int columns, int first)
    {
        var path = _temp.Write("a.conll", content);
        var error = Reading.Fails(path);
        Assert.Equal(line, error.Line);
        Assert.Contains($"the line has {columns} columns where the first has {first}, so that its word or its tag would be another column's", error.Message, StringComparison.Ordinal);
        var (rows, bad, _) = Reading.Of(path, new() { BadRows = BadRowPolicy.Skip });
        Assert.Equal((1, 1), (rows.Count, bad.Count));
    }

    [Fact]
    public void Lines_may_differ_in_columns_where_both_that_count_are_named() =>
        Assert.Equal(["a", "b"], Reading.Of(_temp.Write("a.conll", "a\tB-X\tnote\nb\tO\n"), new() { WordColumn = 1, TagColumn = 2 }).Rows.Single().Example.Words);

    [Fact]
    public void A_mark_of_a_document_ends_the_sentence_before_it()
    {
        var rows = Reading.Of(_temp.Write("a.conll", "-DOCSTART- O\nAda B-PER\nlives O\n-DOCSTART- O\nBob B-PER\nsleeps O\n")).Rows;
        Assert.Equal(["Ada|lives", "Bob|sleeps"], rows.Select(r => string.Join('|', r.Example.Words)));
    }

    [Fact]
    public void A_comment_that_ends_like_a_tag_is_a_comment_where_its_columns_are_not_those_of_words()
    {
        var rows = Reading.Of(_temp.Write("a.conll", "Ada\tB-PER\n\n# text = of blood group O\nBob\tB-PER\n\n#\tO\nEve\tB-PER\n")).Rows;
        Assert.Equal(["Ada", "Bob", "#|Eve"], rows.Select(r => string.Join('|', r.Example.Words)));
    }
}

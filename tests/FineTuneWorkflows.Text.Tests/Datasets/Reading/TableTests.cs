using CsCheck;
using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Text.Tests.Datasets.Reading;

/// <summary>Tables as people have them: no row vanishes between quotes, and what separates fields is found.</summary>
public sealed class TableTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("\"open quote 3\tpos")]
    [InlineData("\"Great\" movie 3\tpos")]
    [InlineData("\"A whole title\"\tpos")]
    [InlineData("he said \"no\"\tpos")]
    [InlineData("\"he said\" \"no\"\tpos")]
    public void Quotes_between_tabs_are_text_where_the_file_shows_it(string row)
    {
        string[] lines = [.. Plain(3), row, .. Plain(5), row.Replace("pos", "neg", StringComparison.Ordinal), .. Plain(4)];
        var (rows, _, notes) = Reading.Of(_temp.Write("a.tsv", "text\tlabel\n" + string.Join('\n', lines) + "\n"));
        Assert.Equal(lines.Select(l => l.Split('\t')[0]), rows.Select(r => r.Text));
        Assert.Contains("a.tsv: separated by tabs, a header, quotes are text", notes);
    }

    [Theory]
    [InlineData("\"a\ttab\"\tpos", "a\ttab")]
    [InlineData("\"she said \"\"no\"\"\"\tpos", "she said \"no\"")]
    [InlineData("\"two\nlines\"\tpos", "two\nlines")]
    public void Quotes_between_tabs_are_quotes_where_a_field_needs_them(string row, string text)
    {
        var (rows, _, notes) = Reading.Of(_temp.Write("a.tsv", "text\tlabel\n" + string.Join('\n', Plain(3)) + "\n" + row + "\n" + string.Join('\n', Plain(3))));
        Assert.Equal(7, rows.Count);
        Assert.Equal(text, rows[3].Text);
        Assert.Contains("a.tsv: separated by tabs, a header, quotes after RFC 4180", notes);
    }

    [Fact]
    public void Quotes_around_every_row_are_quotes()
    {
        Assert.Equal(["one", "two"], Reading.Of(_temp.Write("a.tsv", "\"text\"\t\"label\"\n\"one\"\t\"x\"\n\"two\"\t\"y\"\n")).Rows.Select(r => r.Text));
        Assert.Equal(["\"one\"", "\"two\""], Reading.Of(_temp["a.tsv"], new() { Quoting = Quoting.None, TextColumn = "1", LabelColumn = "2", Header = HeaderRow.Yes }).Rows.Select(r => r.Text));
    }

    [Fact]
    public void Texts_that_keep_their_quotes_are_counted()
    {
        var (_, _, notes) = Reading.Of(_temp.Write("a.tsv", "text\tlabel\n\"A title\"\tx\nplain\ty\n\"Another\"\ty\n"));
        Assert.Contains("a.tsv: 2 texts begin and end with a quote and keep both (Quoting=Rfc4180 takes them off)", notes);
    }

    [Fact]
    public void A_quote_that_takes_in_rows_far_behind_the_first_lines_is_an_error_that_names_its_line()
    {
        // Beyond the lines that are looked at first, where a quoted field has shown that quotes are quotes.
        var lines = Plain(20_100).ToList();
        lines[0] = "\"a\ttab\"\tpos";
        lines[20_050] = "\"open\tpos";
        lines[20_060] = "closing\"\tneg";
        var path = _temp.Write("a.tsv", "text\tlabel\n" + string.Join('\n', lines));
        var error = Reading.Fails(path);
        Assert.Equal(20_052, error.Line);
        Assert.Contains("closed in line 20062 only, and each line until then is a row by itself; set Quoting=None if quotes are part of the texts, or Quoting=Rfc4180 if it is one row", error.Message, StringComparison.Ordinal);
        Assert.Equal(20_090, Reading.Of(path, new() { Quoting = Quoting.Rfc4180 }).Rows.Count);
        // Left out is the line with the quote alone.
        var (rows, bad, _) = Reading.Of(path, new() { BadRows = BadRowPolicy.Skip });
        Assert.Equal((20_099, 1), (rows.Count, (int)bad.Count));
    }

    [Fact]
    public void A_quote_between_commas_that_takes_in_rows_is_an_error_and_a_text_of_several_lines_is_none()
    {
        var rows = string.Concat(Enumerable.Range(0, 20).Select(i => $"plain {i},{(i % 2 == 0 ? "pos" : "neg")}\n"));
        var taken = _temp.Write("a.csv", "text,label\n" + rows + "\"open,pos\nplain,neg\nclosing\",pos\n" + rows);
        Assert.Contains("a.csv:22: a field begins with a quote that is closed in line 24 only", Reading.Fails(taken).Message, StringComparison.Ordinal);
        var letter = _temp.Write("b.csv", "text,label\n" + rows + "\"Dear sir,\nI write, as you asked\nYours, N\",pos\n" + rows);
        Assert.Equal("Dear sir,\nI write, as you asked\nYours, N", Reading.Of(letter).Rows[20].Text);
    }

    [Fact]
    public void What_a_quote_that_is_never_closed_took_in_is_read_as_rows_and_the_option_is_named()
    {
        var path = _temp.Write("a.csv", "label,text\nx,fine\ny,\"never closed\nz,next\nx,last\n");
        Assert.EndsWith("a.csv:3: a field begins with a quote that is never closed; set Quoting=None if quotes are part of the texts", Reading.Fails(path).Message, StringComparison.Ordinal);
        var (rows, bad, _) = Reading.Of(path, new() { BadRows = BadRowPolicy.Skip });
        Assert.Equal(["fine", "next", "last"], rows.Select(r => r.Text));
        Assert.Equal(3, bad.First.Single().Line);
        Assert.Equal("\"never closed", Reading.Of(path, new() { Quoting = Quoting.None }).Rows[1].Text);
    }

    [Fact]
    public void A_quoted_field_over_more_lines_than_is_likely_must_be_asked_for()
    {
        var text = string.Join('\n', Enumerable.Repeat("no row", 1200));
        var path = _temp.Write("a.csv", $"text,label\n\"{text}\",x\nplain,y\n");
        Assert.Contains("a.csv:2: the quote that opens a field in line 2 is not closed within 1000 lines; set Quoting=None", Reading.Fails(path).Message, StringComparison.Ordinal);
        Assert.Equal(text, Reading.Of(path, new() { Quoting = Quoting.Rfc4180 }).Rows[0].Text);
    }

    [Theory]
    [InlineData("a.csv", "text;label\n\"gut; sehr gut\";pos\nschlecht, oder?;neg\n", "semicolons")]
    [InlineData("a.csv", "text\tlabel\ngut; sehr gut\tpos\nschlecht\tneg\n", "tabs")]
    [InlineData("a.csv", "text|label\ngut; sehr gut|pos\nschlecht|neg\n", "'|'")]
    [InlineData("a.csv", "sep=^\ntext^label\ngut; sehr gut^pos\nschlecht^neg\n", "'^'")]
    [InlineData("a.csv", "SEP=;\r\ntext;label\r\n\"gut; sehr gut\";pos\r\nschlecht;neg\r\n", "semicolons")]
    [InlineData("a.tsv", "text;label\n\"gut; sehr gut\";pos\nschlecht, oder?;neg\n", "semicolons")]
    public void What_separates_fields_is_found_and_said(string name, string content, string separator)
    {
        var (rows, _, notes) = Reading.Of(_temp.Write(name, content));
        Assert.Equal("gut; sehr gut", rows[0].Text);
        Assert.Equal(["pos", "neg"], rows.Select(r => r.Label));
        Assert.Contains(notes, n => n.StartsWith($"{name}: separated by {separator}, a header,", StringComparison.Ordinal));
        Assert.Equal(2, rows.Select(r => r.Line).Distinct().Count());
    }

    [Theory]
    [InlineData("::", "1::good film::pos\n2::bad film::neg\n3::fine::pos\n")]
    [InlineData("tab", "1\tgood film\tpos\n2\tbad film\tneg\n3\tfine\tpos\n")]
    [InlineData("\\t", "1\tgood film\tpos\n2\tbad film\tneg\n3\tfine\tpos\n")]
    public void A_separator_of_any_length_can_be_said(string delimiter, string content) =>
        Assert.Equal(["good film", "bad film", "fine"], Reading.Of(_temp.Write("a.csv", content), new() { Delimiter = delimiter, TextColumn = "2", LabelColumn = "3" }).Rows.Select(r => r.Text));

    [Theory]
    [InlineData("a.csv", "review;stars\ngood, or bad; or so;1\nfine;2\n", "the only column is 'review;stars'; set Delimiter=';' if that separates columns")]
    [InlineData("a.tsv", "review|stars\ngood|bad|1\nfine|2\n", "the only column is 'review|stars'; set Delimiter='|' if that separates columns")]
    public void A_header_in_one_piece_is_told_with_what_may_separate_it(string name, string content, string message) =>
        Assert.Contains(message, Reading.Fails(_temp.Write(name, content)).MessageWith(advice => $"{advice.Option}={advice.Value}"), StringComparison.Ordinal);

    [Fact]
    public void Without_a_header_columns_are_named_by_number()
    {
        var path = _temp.Write("a.csv", "pos;\"gut; sehr gut\"\nneg;schlecht\npos;fein\n");
        var byNumber = new ReadOptions { TextColumn = "2", LabelColumn = "1" };
        var (rows, _, notes) = Reading.Of(path, byNumber);
        Assert.Equal([("gut; sehr gut", "pos"), ("schlecht", "neg"), ("fein", "pos")], rows.Select(r => (r.Text, r.Label)));
        Assert.Contains("a.csv: separated by semicolons, no header, quotes after RFC 4180", notes);
        Assert.Equal(3, Reading.Of(path, byNumber with { Header = HeaderRow.No }).Rows.Count);
        Assert.EndsWith(
            "a.csv:1: there is no column 'text'; the columns are: pos, gut; sehr gut; set TextColumn=..., or Header=No if the first row is no header, and name columns by number: 1 'pos', 2 'gut; sehr gut'",
            Reading.Fails(path).Message, StringComparison.Ordinal);
        Assert.EndsWith("there is no column 'text': without a header columns are numbered, and the first row has 1 'pos', 2 'gut; sehr gut'", Reading.Fails(path, new() { Header = HeaderRow.No }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_by_number_below_a_header_are_told_by_the_header_being_no_row()
    {
        var path = _temp.Write("a.csv", "review,stars\ngood,5\nbad,1\nfine,5\n");
        var byNumber = new ReadOptions { TextColumn = "1", LabelColumn = "2" };
        Assert.EndsWith(
            "a.csv:1: whether the first row names the columns cannot be told: review, stars; set Header=Yes if it does, or Header=No if it is a row like the others",
            Reading.Fails(path, byNumber).Message, StringComparison.Ordinal);
        Assert.Equal(["good", "bad", "fine"], Reading.Of(path, byNumber with { Header = HeaderRow.Yes }).Rows.Select(r => r.Text));
        Assert.Equal(4, Reading.Of(path, byNumber with { Header = HeaderRow.No }).Rows.Count);
    }

    [Fact]
    public void Texts_to_be_predicted_are_read_alike()
    {
        var path = _temp.Write("a.tsv", "text\n\"open quote\n\"Great\" movie\nplain\n");
        Assert.Equal(["\"open quote", "\"Great\" movie", "plain"], Reading.Of(path, new() { WithLabels = false }).Rows.Select(r => r.Text));
        path = _temp.Write("b.csv", "one;pos\ntwo;neg\n");
        Assert.Equal(["one", "two"], Reading.Of(path, new() { WithLabels = false, TextColumn = "1", Header = HeaderRow.No }).Rows.Select(r => r.Text));
    }

    [Fact]
    public void Empty_lines_that_get_no_answer_are_counted()
    {
        var (rows, _, notes) = Reading.Of(_temp.Write("a.txt", "one\n\n  \ntwo\n"), new() { WithLabels = false, Kind = FineTuneWorkflows.Text.Datasets.DataKind.PlainText });
        Assert.Equal(["one", "two"], rows.Select(r => r.Text));
        Assert.Equal(["a.txt: 2 empty lines were passed over: there is no answer for them"], notes);
        Assert.Empty(Reading.Of(_temp["a.txt"]).Notes);
    }

    [Fact]
    public void Labels_that_look_like_lists_are_said_to_be_one_each()
    {
        var (rows, _, notes) = Reading.Of(_temp.Write("a.csv", "text,label\none,\"['x', 'y']\"\ntwo,x\n"));
        Assert.Equal("['x', 'y']", rows[0].Label);
        Assert.Contains("a.csv: 1 labels look like lists and are one label each; for many labels write x|y and set LabelSeparator to |, or JSON Lines", notes);
    }

    [Fact]
    public void Every_table_that_is_written_by_the_rules_is_read_back()
    {
        var field = Gen.Char["ab\"\n;, é"].Array[1, 6].Select(c => "x" + new string(c));
        Check.Sample(Gen.Select(field.Array[1, 8], Gen.OneOfConst(",", ";", "\t", "|", "::")), (texts, delimiter) =>
        {
            var content = string.Join("\r\n", texts.Select(t => $"\"{t.Replace("\"", "\"\"", StringComparison.Ordinal)}\"{delimiter}y").Prepend($"text{delimiter}label"));
            var path = _temp.Write(Guid.NewGuid().ToString("N") + ".csv", content);
            Assert.Equal(texts, Reading.Of(path, new() { Delimiter = delimiter, Quoting = Quoting.Rfc4180 }).Rows.Select(r => r.Text));
        }, iter: 300);
    }

    private static IEnumerable<string> Plain(int count) => Enumerable.Range(0, count).Select(i => $"plain thing number {i} here\t{(i % 2 == 0 ? "neg" : "pos")}");

    [Fact]
    public void A_header_that_stands_among_the_rows_again_is_no_row_and_is_counted()
    {
        // As when files were put one after the other, the second with a byte order mark.
        var (rows, _, notes) = Reading.Of(_temp.Write("a.csv", "text,label\none,x\ntext,label\ntwo,y\n\uFEFFtext,label\nthree,x\n"));
        Assert.Equal(["one", "two", "three"], rows.Select(r => r.Text));
        Assert.Contains("a.csv: 2 rows repeat the header and were passed over", notes);
        Assert.Equal(["text"], Reading.Of(_temp.Write("b.csv", "text\ntext\n"), new() { WithLabels = false }).Rows.Select(r => r.Text));
    }
}

using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Datasets.Splitting;

namespace FineTuneWorkflows.Text.Tests.Datasets.Reading;

public sealed class EmbeddingRowsTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("a.jsonl", "{\"anchor\":\"a\",\"positive\":\"b\"}", DataKind.TextPairs)]
    [InlineData("a.jsonl", "{\"anchor\":\"a\",\"positive\":\"b\",\"negative\":\"c\"}", DataKind.TextTriplets)]
    [InlineData("a.jsonl", "{\"text_a\":\"a\",\"text_b\":\"b\",\"score\":1}", DataKind.ScoredTextPairs)]
    [InlineData("a.jsonl", "{\"sentence1\":\"a\",\"sentence2\":\"b\",\"score\":1}", DataKind.ScoredTextPairs)]
    [InlineData("a.csv", "anchor,positive\n", DataKind.TextPairs)]
    [InlineData("a.csv", "id;negative;positive;anchor\n", DataKind.TextTriplets)]
    [InlineData("a.tsv", "sentence1\tsentence2\tscore\n", DataKind.ScoredTextPairs)]
    [InlineData("a.csv", "text,label,anchor,positive\n", DataKind.TextClassification)]
    [InlineData("a.jsonl", "{\"text\":\"a\",\"label\":\"x\",\"anchor\":\"a\",\"positive\":\"b\"}", DataKind.TextClassification)]
    public void Columns_show_what_texts_are_to_each_other(string name, string content, DataKind kind) =>
        Assert.Equal(kind, ExampleReader.KindOf(_temp.Write(name, content), new ReadOptions()));

    [Fact]
    public void Named_columns_tell_the_kind_too()
    {
        var path = _temp.Write("a.csv", "q,a,b,s\n");
        Assert.Equal(DataKind.TextTriplets, ExampleReader.KindOf(path, new ReadOptions { TextColumn = "q", SecondColumn = "a", NegativeColumn = "b" }));
        Assert.Equal(DataKind.ScoredTextPairs, ExampleReader.KindOf(path, new ReadOptions { TextColumn = "q", SecondColumn = "a", ScoreColumn = "s" }));
    }

    [Fact]
    public void Rows_are_read_from_tables_and_objects_under_usual_and_given_names()
    {
        var pair = new TextExample("one") { Second = "two" };
        var triplet = pair with { Third = "three" };
        var scored = pair with { Score = 0.5 };
        Assert.Equal([pair], Read("a.csv", "positive,anchor\ntwo,one\n"));
        Assert.Equal([pair], Read("a.jsonl", "{\"anchor\":\"one\",\"positive\":\"two\"}\n"));
        Assert.Equal([pair], Read("a.jsonl", "{\"text\":\"one\",\"positive\":\"two\"}\n", new ReadOptions { Kind = DataKind.TextPairs }));
        Assert.Equal([pair], Read("a.csv", "text,positive\none,two\n", new ReadOptions { Kind = DataKind.TextPairs }));
        var named = new ReadOptions { Kind = DataKind.TextPairs, TextColumn = "query", SecondColumn = "answer" };
        Assert.Equal([pair], Read("a.csv", "query;answer\none;two\n", named));
        Assert.Equal([triplet], Read("a.tsv", "anchor\tpositive\tnegative\none\ttwo\tthree\n"));
        Assert.Equal([scored], Read("a.csv", "sentence1,sentence2,score\none,two,0.5\n"));
        Assert.Equal([scored], Read("a.jsonl", "{\"text_a\":\"one\",\"text_b\":\"two\",\"score\":5e-1}\n{}", new ReadOptions { BadRows = BadRowPolicy.Skip }));
    }

    [Theory]
    [InlineData("{\"anchor\":\"a\",\"positive\":\" \"}", "the text (column 'positive') is empty")]
    [InlineData("{\"anchor\":\"One  text\",\"positive\":\"one text\"}", "the texts of the columns 'anchor' and 'positive' are the same")]
    [InlineData("{\"anchor\":\"a\",\"positive\":\"b\",\"negative\":\"a\"}", "the texts of the columns 'anchor' and 'negative' are the same")]
    [InlineData("{\"anchor\":\"a\",\"positive\":\"b\",\"negative\":\"b\"}", "the texts of the columns 'positive' and 'negative' are the same")]
    [InlineData("{\"text_a\":\"a\",\"text_b\":\"b\",\"score\":1.01}", "the score 1.01 (column 'score') is not within 0 to 1; set MaxScore=... if")]
    [InlineData("{\"text_a\":\"a\",\"text_b\":\"b\",\"score\":-0.2}", "the score -0.2 (column 'score') is not within 0 to 1; set MinScore=... if")]
    [InlineData("{\"text_a\":\"a\",\"text_b\":\"b\",\"score\":\"high\"}", "the score 'high' (column 'score') is not a number")]
    [InlineData("{\"text_a\":\"a\",\"text_b\":\"b\",\"score\":\"NaN\"}", "the score 'NaN' (column 'score') is not a number")]
    [InlineData("{\"text_a\":\"a\",\"text_b\":\"b\",\"score\":null}", "the score (column 'score') is empty")]
    public void A_row_that_teaches_nothing_or_something_wrong_is_refused(string row, string problem)
    {
        var refused = Reading.Fails(_temp.Write("a.jsonl", row + "\n"));
        Assert.Equal(1, refused.Line);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        var (rows, bad, _) = Reading.Of(_temp["a.jsonl"], new ReadOptions { BadRows = BadRowPolicy.Skip });
        Assert.Empty(rows);
        Assert.Equal(1, bad.Count);
    }

    [Fact]
    public void Equal_texts_may_have_a_score_and_a_range_may_be_given()
    {
        var options = new ReadOptions { MinScore = 0, MaxScore = 5 };
        Assert.Equal([new TextExample("a") { Second = "a", Score = 5 }], Read("a.csv", "text_a,text_b,score\na,a,5\n", options));
    }

    [Fact]
    public void Missing_columns_are_named_with_the_option_that_names_others()
    {
        var refused = Assert.IsType<MissingColumnException>(Reading.Fails(_temp.Write("a.csv", "anchor,answer\na,b\n"), new ReadOptions { Kind = DataKind.TextPairs }));
        Assert.Equal("positive", refused.Column);
        Assert.Equal(nameof(ReadOptions.SecondColumn), new ReadOptions().OptionOf(refused.Column));
        Assert.Contains("the columns are: anchor, answer", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dataset_keeps_pairs_triplets_and_scores_with_their_range()
    {
        var pairs = Split(DataKind.TextPairs, string.Concat(Enumerable.Range(0, 40).Select(i => $"anchor {i},positive {i}\n")), "anchor,positive\n");
        Assert.Equal(DataKind.TextPairs, pairs.Kind);
        Assert.Empty(pairs.Labels);
        Assert.All(pairs.Read(SplitName.Train, TestContext.Current.CancellationToken), e => Assert.Equal(e.Text.Replace("anchor", "positive", StringComparison.Ordinal), e.Second));
        var scored = Split(DataKind.ScoredTextPairs, string.Concat(Enumerable.Range(0, 40).Select(i => $"a {i},b {i},{i % 6}\n")), "text_a,text_b,score\n", new() { MaxScore = 5 });
        Assert.Equal(new ScoreRange(0, 5), scored.Info.Scores);
        Assert.All(scored.Read(SplitName.Train, TestContext.Current.CancellationToken), e => Assert.Equal(int.Parse(e.Text[2..]) % 6, e.Score));
        var triplets = Split(DataKind.TextTriplets, string.Concat(Enumerable.Range(0, 40).Select(i => $"a {i},b {i},c {i}\n")), "anchor,positive,negative\n");
        Assert.All(triplets.Read(SplitName.Test, TestContext.Current.CancellationToken), e => Assert.Equal(e.Text.Replace('a', 'c'), e.Third));
    }

    [Fact]
    public void Rows_of_one_anchor_stay_together_and_equal_scored_pairs_that_contradict_each_other_go()
    {
        var rows = string.Concat(Enumerable.Range(0, 100).Select(i => $"anchor {i / 4},positive {i}\n"));
        var dataset = Split(DataKind.TextPairs, rows, "anchor,positive\n");
        var splits = SplitNames.All.Select(s => dataset.Read(s, TestContext.Current.CancellationToken).Select(e => e.Text).ToHashSet()).ToList();
        Assert.Equal(25, splits.Sum(s => s.Count));
        Assert.Equal(25, splits.SelectMany(s => s).Distinct().Count());

        rows = string.Concat(Enumerable.Range(0, 30).Select(i => $"a {i},b {i},1\n")) + "a 3,b 3,0\na 4,b 4,1\n";
        var scored = Split(DataKind.ScoredTextPairs, rows, "text_a,text_b,score\n");
        Assert.Equal((2L, 1L), (scored.Info.ContradictingRowsRemoved, scored.Info.DuplicatesWithinSplits));
    }

    [Fact]
    public void Anchors_that_given_splits_share_are_counted()
    {
        var train = _temp.Write("train.csv", "anchor,positive\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"a {i},p {i}\n")));
        var test = _temp.Write("test.csv", "anchor,positive\na 1,other\na 2,another\nnew,one\n");
        var dev = _temp.Write("dev.csv", "anchor,positive\nlatest,one\n");
        var request = new SplitRequest { Files = [train], ValidationFiles = [dev], TestFiles = [test] };
        var dataset = DatasetSplitter.Split(request, _temp["out"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains(dataset.Info.Notes, note => note.Contains(": 2 validation and test rows have an anchor that training has too", StringComparison.Ordinal));
    }

    private List<TextExample> Read(string name, string content, ReadOptions? options = null) => [.. Reading.Of(_temp.Write(name, content), options).Rows.Select(r => r.Example)];

    private DatasetFolder Split(DataKind kind, string rows, string header, ReadOptions? read = null)
    {
        var dataset = DatasetSplitter.Split(
            new SplitRequest { Files = [_temp.Write("a.csv", header + rows)], Read = read ?? new() }, _temp["out"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(kind, dataset.Kind);
        return dataset;
    }
}

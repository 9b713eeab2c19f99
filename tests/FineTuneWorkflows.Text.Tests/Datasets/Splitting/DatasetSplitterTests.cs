using System.Text.Json;
using CsCheck;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Datasets.Splitting;

namespace FineTuneWorkflows.Text.Tests.Datasets.Splitting;

public sealed class DatasetSplitterTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Defaults_are_the_documented_ones()
    {
        var request = new SplitRequest { Files = [] };
        Assert.Equal((0.1, 0.2, 42L), (request.ValidationShare, request.TestShare, request.Seed));
    }

    [Fact]
    public void Shares_hold_within_each_class()
    {
        var dataset = Split(new SplitRequest { Files = [Rows("a.jsonl", Numbered(100, "x").Concat(Numbered(50, "y", "other")))] });
        Assert.Equal([(70L, 35L), (10, 5), (20, 10)],
            SplitNames.All.Select(s => (dataset.Info.Splits[s.ToText()].Classes["x"], dataset.Info.Splits[s.ToText()].Classes["y"])));
    }

    [Fact]
    public void Whatever_the_rows_nothing_leaks_nothing_is_lost_and_their_order_has_no_influence() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 2], Gen.Bool).Array[30, 120].Select(Gen.Long, Gen.Int[0, 1000]).Sample((rows, seed, shuffle) =>
        {
            // Few different texts, in two ways of writing, with few contradictions.
            var examples = rows.Select(r => (Number: r.Item1, Wrong: r.Item2 == 0 && r.Item1 < 5, Shouted: r.Item3))
                .Select(r => (Text: r.Shouted ? $"TEXT  {r.Number} " : $"text {r.Number}", Label: r.Number % 2 == (r.Wrong ? 1 : 0) ? "even" : "odd"))
                .Concat(Numbered(20, "even", "e")).Concat(Numbered(20, "odd", "o")).ToArray();
            var first = Split(new SplitRequest { Files = [Rows("a.jsonl", examples)], Seed = seed });
            var contents = Contents(first);

            var identities = contents.Values.SelectMany(e => e).Select(e => TextIdentity.Normalized(e.Text)).ToList();
            Assert.Equal(identities.Count, identities.Distinct().Count());
            var info = first.Info;
            Assert.Equal(examples.Length,
                identities.Count + info.DuplicatesWithinSplits + info.DuplicatesAcrossSplits + info.ContradictingRowsRemoved);
            Assert.Equal(examples.GroupBy(e => TextIdentity.Normalized(e.Text)).Count(g => g.Select(e => e.Label).Distinct().Count() == 1),
                identities.Count);
            Assert.Equal(examples.GroupBy(e => TextIdentity.Normalized(e.Text)).Count(g => g.Select(e => e.Label).Distinct().Count() > 1),
                info.ContradictingTexts);

            new Random(shuffle).Shuffle(examples);
            var second = Contents(Split(new SplitRequest { Files = [Rows("a.jsonl", examples)], Seed = seed }));
            foreach (var split in SplitNames.All)
                Assert.Equal(contents[split].OrderBy(e => e.Text, StringComparer.Ordinal),
                    second[split].OrderBy(e => e.Text, StringComparer.Ordinal));
        }, iter: 150, threads: 1);

    [Fact]
    public void Another_seed_gives_another_split_and_the_same_seed_equal_bytes()
    {
        var file = Rows("a.jsonl", Numbered(200, "x").Concat(Numbered(200, "y", "other")));
        byte[] Bytes(long seed) =>
            [.. SplitNames.All.SelectMany(s => File.ReadAllBytes(Split(new SplitRequest { Files = [file], Seed = seed }).FileOf(s))),
            .. File.ReadAllBytes(_temp["out/dataset.json"])];
        var first = Bytes(1);
        Assert.Equal(first, Bytes(1));
        Assert.NotEqual(first, Bytes(2));
    }

    [Fact]
    public void Given_splits_are_kept_and_a_text_in_two_of_them_stays_in_test_before_validation_before_train()
    {
        var request = new SplitRequest
        {
            Files = [Rows("train.jsonl", [("one", "x"), ("two", "y"), ("three", "x"), ("four", "y"), ("four", "y")])],
            ValidationFiles = [Rows("dev.csv", [("Two", "y"), ("five", "x"), ("six", "y")])],
            TestFiles = [Rows("test.tsv", [(" ONE", "x"), ("six", "y"), ("seven", "y")])],
        };
        var contents = Contents(Split(request));
        Assert.Equal(["three", "four"], contents[SplitName.Train].Select(e => e.Text));
        Assert.Equal(["Two", "five"], contents[SplitName.Validation].Select(e => e.Text));
        Assert.Equal([" ONE", "six", "seven"], contents[SplitName.Test].Select(e => e.Text));
        var info = DatasetFolder.Open(_temp["out"]).Info;
        Assert.Equal((1, 3, 0), (info.DuplicatesWithinSplits, info.DuplicatesAcrossSplits, info.ContradictingTexts));
        Assert.Equal([("train.jsonl", 5L), ("dev.csv", 3), ("test.tsv", 3)], info.Sources.Select(s => (s.Name, s.Rows)));
    }

    [Fact]
    public void A_split_that_is_not_given_is_taken_from_training()
    {
        var dataset = Split(new SplitRequest
        {
            Files = [Rows("train.jsonl", Numbered(50, "x").Concat(Numbered(50, "y", "other")))],
            TestFiles = [Rows("test.jsonl", [("t1", "x"), ("t2", "y")])],
        });
        Assert.Equal([90L, 10, 2], SplitNames.All.Select(dataset.Count));
    }

    [Fact]
    public void A_split_column_is_kept()
    {
        var path = _temp.Write("a.csv", "text,label,split\na,x,train\nb,y,train\nc,x,dev\nd,y,test\n");
        var contents = Contents(Split(new SplitRequest { Files = [path], Read = new ReadOptions { SplitColumn = "split" } }));
        Assert.Equal(["a b", "c", "d"], SplitNames.All.Select(s => string.Join(' ', contents[s].Select(e => e.Text))));
    }

    [Fact]
    public void Contradicting_labels_remove_the_text_within_a_split_and_are_counted_across_splits()
    {
        var request = new SplitRequest
        {
            Files = [Rows("train.jsonl", [("good", "x"), ("bad", "y"), ("odd", "x"), ("Odd", "y"), ("far", "x")])],
            ValidationFiles = [Rows("dev.jsonl", [("v", "x")])],
            TestFiles = [Rows("test.jsonl", [("far", "y"), ("t", "x")])],
        };
        var dataset = Split(request);
        Assert.Equal(["good", "bad"], Contents(dataset)[SplitName.Train].Select(e => e.Text));
        Assert.Equal((2, 2, 1), (dataset.Info.ContradictingTexts, dataset.Info.ContradictingRowsRemoved, dataset.Info.DuplicatesAcrossSplits));
    }

    [Fact]
    public void A_label_that_training_lacks_names_file_line_and_label()
    {
        var test = Rows("test.jsonl", [("t1", "x"), ("t2", "z")]);
        var error = Fails(new SplitRequest { Files = [Rows("train.jsonl", Numbered(20, "x").Concat(Numbered(20, "y", "o")))], TestFiles = [test] });
        Assert.Equal($"{test}:2: the label 'z' in test does not occur in training, whose labels are: x, y", error.Message);
    }

    [Fact]
    public void One_class_only_is_an_error() =>
        Assert.Contains("all rows have the label 'x'; a classifier needs at least two",
            Fails(new SplitRequest { Files = [Rows("a.jsonl", Numbered(20, "x"))] }).Message, StringComparison.Ordinal);

    [Fact]
    public void An_empty_split_is_an_error_that_says_what_would_help()
    {
        var few = Rows("a.jsonl", [("a", "x"), ("b", "y")]);
        Assert.Contains("the validation split is empty: 2 rows", Fails(new SplitRequest { Files = [few] }).Message, StringComparison.Ordinal);
        Assert.Contains("the test split is empty",
            Fails(new SplitRequest { Files = [Rows("b.jsonl", Numbered(20, "x").Concat(Numbered(20, "y", "o")))], TestShare = 0 }).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Skipped_rows_are_counted_in_the_description()
    {
        var path = Rows("a.csv", [.. Numbered(20, "x"), .. Numbered(20, "y", "o"), ("", "x")]);
        var info = Split(new SplitRequest { Files = [path], Read = new ReadOptions { BadRows = BadRowPolicy.Skip } }).Info;
        Assert.Equal((1, 42L, "a.csv"), (info.BadRowsSkipped, info.FirstBadRows[0].Line, info.FirstBadRows[0].File));
    }

    [Theory]
    [InlineData(-0.1, 0.2)]
    [InlineData(0.5, 0.5)]
    [InlineData(double.NaN, 0.1)]
    public void Shares_out_of_range_are_refused(double validation, double test) =>
        Assert.Throws<ArgumentException>(() => Split(new SplitRequest { Files = ["x.csv"], ValidationShare = validation, TestShare = test }));

    [Fact]
    public void Each_row_that_is_not_for_testing_is_validation_data_in_exactly_one_fold()
    {
        var file = Rows("a.jsonl", Numbered(53, "x").Concat(Numbered(31, "y", "o")));
        var folds = Enumerable.Range(0, 5).Select(fold => Contents(Split(new SplitRequest { Files = [file], Folds = 5, Fold = fold, ValidationShare = 0.5 }))).ToList();
        var plain = Contents(Split(new SplitRequest { Files = [file] }));
        var (train, validation, test) = (SplitName.Train, SplitName.Validation, SplitName.Test);
        Assert.All(folds, f => Assert.Equal(plain[test], f[test]));
        Assert.Equal(Texts([.. plain[train], .. plain[validation]]), Texts(folds.SelectMany(f => f[validation])));
        Assert.All(folds, f => Assert.InRange(f[validation].Count, 12, 14));
        Assert.All(folds, f => Assert.Empty(Texts(f[validation]).Intersect(Texts(f[train]))));

        static List<string> Texts(IEnumerable<TextExample> examples) => [.. examples.Select(e => e.Text).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 5)]
    [InlineData(5, -1)]
    [InlineData(-2, 0)]
    public void Folds_that_do_not_exist_are_refused(int folds, int fold) =>
        Assert.Throws<ArgumentException>(() => Split(new SplitRequest { Files = ["x.csv"], Folds = folds, Fold = fold }));

    [Theory]
    [InlineData("caf\u00e9", "cafe\u0301")]
    [InlineData("Caf\u00c9", "cafe\u0301")]
    [InlineData("plain", "pl\u200bain")]
    [InlineData("plain", "\ufeffplain")]
    [InlineData("plain", "pla\u00adin")]
    [InlineData("a b", "a\u00a0\u200b b")]
    [InlineData("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8")]
    [InlineData("q\u0323\u0307", "q\u0307\u0323")]
    [InlineData("\u212b", "\u00e5")]
    [InlineData("🙂é", "🙂e\u0301")]
    public void Texts_that_look_alike_are_one_within_a_split_and_across(string text, string other)
    {
        Assert.Equal(TextIdentity.Of(text), TextIdentity.Of(other));
        Assert.Equal(TextIdentity.Normalized(text), TextIdentity.Normalized(other));
        var rows = Numbered(20, "x").Concat(Numbered(20, "y", "o")).ToList();
        var dataset = Split(new SplitRequest { Files = [Rows("a.jsonl", rows.Append((text, "x")).Append((other, "x")))], TestFiles = [Rows("b.jsonl", [(other, "x"), ("a test", "y")])] });
        Assert.Equal([other, "a test"], Contents(dataset)[SplitName.Test].Select(e => e.Text));
        Assert.Equal((2, 0), ((int)dataset.Info.DuplicatesAcrossSplits, (int)dataset.Info.DuplicatesWithinSplits));
        dataset = Split(new SplitRequest { Files = [Rows("a.jsonl", rows.Append((text, "x")).Append((other, "x")))] });
        Assert.Equal(1, dataset.Info.DuplicatesWithinSplits);
    }

    [Theory]
    [InlineData("e", "\u00e9")]
    [InlineData("ﬁ", "fi")]
    [InlineData("Ⅳ", "IV")]
    [InlineData("한국", "한")]
    public void Texts_that_are_only_compatible_stay_two(string text, string other) => Assert.NotEqual(TextIdentity.Of(text), TextIdentity.Of(other));

    [Fact]
    public void The_form_for_comparing_is_that_of_Unicode() =>
        Gen.Char["ab\u0301\u0323\u0307é한ᄒ\u1161\u11abÅ中\uf900"].Array[0, 12].Sample(characters =>
        {
            var text = "x" + new string(characters);
            Assert.Equal(text.Normalize(System.Text.NormalizationForm.FormC).ToLowerInvariant(), TextIdentity.Normalized(text));
        });

    [Fact]
    public void All_rows_stay_where_that_is_asked_for_and_what_is_equal_is_counted_and_drawn_together()
    {
        // Published test sets hold texts twice, and some of the training's.
        var train = Numbered(40, "x").Concat(Numbered(40, "y", "o")).Append(("twice", "x")).Append(("Twice", "x")).Append(("both", "x")).Append(("both", "y")).ToList();
        (string, string)[] test = [("once", "x"), ("double", "y"), ("double", "y"), ("text 1000", "x")];
        var request = new SplitRequest { Files = [Rows("a.jsonl", train)], TestFiles = [Rows("b.jsonl", test)], Deduplicate = false };
        for (var seed = 0; seed < 20; seed++)
        {
            var dataset = Split(request with { Seed = seed });
            var contents = Contents(dataset);
            Assert.Equal(test.Select(t => t.Item1), contents[SplitName.Test].Select(e => e.Text));
            Assert.Equal(train.Count, contents[SplitName.Train].Count + contents[SplitName.Validation].Count);
            var drawn = contents[SplitName.Train].Select(e => TextIdentity.Of(e.Text)).ToHashSet();
            Assert.DoesNotContain(contents[SplitName.Validation], e => drawn.Contains(TextIdentity.Of(e.Text)));
            Assert.False(dataset.Info.Deduplicated);
            Assert.Equal((2L, 1L, 1L, 2L), (dataset.Info.DuplicatesWithinSplits, dataset.Info.DuplicatesAcrossSplits, dataset.Info.ContradictingTexts, dataset.Info.ContradictingRowsRemoved));
        }
        Assert.Equal(3, Split(request with { Deduplicate = true }).Count(SplitName.Test));
    }

    [Fact]
    public void The_description_says_what_was_detected()
    {
        var dataset = Split(new SplitRequest { Files = [Rows("a.csv", Numbered(20, "x")), Rows("b.csv", Numbered(20, "y", "o"))] });
        Assert.Equal(["a.csv and 1 more: separated by commas, a header, quotes after RFC 4180"], dataset.Info.Notes);
    }

    [Fact]
    public void The_description_holds_no_folder()
    {
        Split(new SplitRequest { Files = [Rows("a.jsonl", Numbered(20, "x").Concat(Numbered(20, "y", "o")))] });
        Assert.DoesNotContain(_temp.Path, File.ReadAllText(_temp["out/dataset.json"]), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Text, string Label)> Numbered(int count, string label, string stem = "text") =>
        Enumerable.Range(1000, count).Select(i => ($"{stem} {i}", label));

    private string Rows(string name, IEnumerable<(string Text, string Label)> rows) => _temp.Write(name, Path.GetExtension(name) switch
    {
        ".csv" => "text,label\n" + string.Concat(rows.Select(r => $"{r.Text},{r.Label}\n")),
        ".tsv" => "text\tlabel\n" + string.Concat(rows.Select(r => $"{r.Text}\t{r.Label}\n")),
        _ => string.Concat(rows.Select(r => JsonSerializer.Serialize(new { text = r.Text, label = r.Label }) + "\n")),
    });

    private DatasetFolder Split(SplitRequest request) =>
        DatasetSplitter.Split(request, _temp["out"], cancellationToken: TestContext.Current.CancellationToken);

    private TextDataException Fails(SplitRequest request)
    {
        var error = Assert.ThrowsAny<TextDataException>(() => Split(request));
        Assert.False(File.Exists(_temp["out/dataset.json"]));
        return error;
    }

    private static Dictionary<SplitName, List<TextExample>> Contents(DatasetFolder dataset) =>
        SplitNames.All.ToDictionary(s => s, s => dataset.Read(s, TestContext.Current.CancellationToken).ToList());
}

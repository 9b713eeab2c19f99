using System.Text.Json.Nodes;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Splitting;

namespace FineTuneWorkflows.Text.Tests.Datasets.Splitting;

/// <summary>Labels that are numbers: equal numbers are one class, and classes are in the order of their numbers.</summary>
public sealed class NumberLabelsTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void One_and_one_point_zero_are_one_class_whatever_file_they_come_from()
    {
        _temp.Write("train.jsonl", Rows(30, i => $"{i % 2}"));
        _temp.Write("test.csv", "text,label\nfirst,1.0\nsecond,0.0\n");
        var dataset = Split(new SplitRequest { Files = [_temp["train.jsonl"]], TestFiles = [_temp["test.csv"]] });
        Assert.Equal(["0", "1"], dataset.Labels);
        Assert.Equal(["1", "0"], dataset.Read(SplitName.Test, TestContext.Current.CancellationToken).Select(e => e.Label));
        Assert.Equal([["0", "0.0"], ["1", "1.0"]], dataset.Info.MergedLabels);
    }

    [Fact]
    public void Equal_texts_whose_labels_are_one_number_do_not_contradict_each_other()
    {
        _temp.Write("a.csv", "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"text {i / 2},{(i % 2 == 0 ? "" : "+")}{i / 2 % 2}{(i % 2 == 0 ? ".50" : ".5")}\n")));
        var dataset = Split(new SplitRequest { Files = [_temp["a.csv"]] });
        Assert.Equal((20, 0), (dataset.Info.DuplicatesWithinSplits, dataset.Info.ContradictingTexts));
        Assert.Equal(["+0.5", "+1.5"], dataset.Labels);
    }

    [Fact]
    public void Numbers_are_sorted_as_numbers_and_others_as_texts()
    {
        var numbers = Split(new SplitRequest { Files = [_temp.Write("n.jsonl", Rows(120, i => $"{(i % 12) - 1}"))] });
        Assert.Equal(Enumerable.Range(-1, 12).Select(i => $"{i}"), numbers.Labels);
        Assert.Empty(numbers.Info.MergedLabels);
        Assert.Equal(2, numbers.ClassOf("1"));

        var mixed = Split(new SplitRequest { Files = [_temp.Write("m.jsonl", Rows(120, i => i % 12 == 11 ? "none" : $"{i % 12}"))] });
        Assert.Equal(["0", "1", "10", "2"], mixed.Labels.Take(4));
    }

    [Fact]
    public void A_label_with_one_spelling_keeps_it_and_a_leading_zero_is_no_number()
    {
        var dataset = Split(new SplitRequest { Files = [_temp.Write("c.jsonl", Rows(90, i => i % 3 == 0 ? "007" : i % 3 == 1 ? "7" : "2.0"))] });
        Assert.Equal(["007", "2.0", "7"], dataset.Labels);
    }

    [Fact]
    public void Many_labels_of_one_number_count_once()
    {
        var rows = string.Concat(Enumerable.Range(0, 30).Select(i => $"{{\"text\":\"text {i}\",\"label\":[{(i % 2 == 0 ? "1.0, 10" : "1, 2")}]}}\n"));
        var dataset = Split(new SplitRequest { Files = [_temp.Write("l.jsonl", rows)] });
        Assert.Equal(["1", "2", "10"], dataset.Labels);
        Assert.Equal(dataset.Count(SplitName.Train), dataset.Info.Splits["train"].Classes["1"]);
    }

    [Fact]
    public void A_dataset_whose_numbers_an_older_version_sorted_as_texts_still_opens()
    {
        var dataset = Split(new SplitRequest { Files = [_temp.Write("o.jsonl", Rows(60, i => i % 2 == 0 ? "2" : "10"))] });
        var path = Path.Combine(dataset.Folder, DatasetFolder.InfoFile);
        var info = JsonNode.Parse(File.ReadAllText(path))!;
        info["labels"] = new JsonArray("10", "2");
        File.WriteAllText(path, info.ToJsonString());
        Assert.Equal(["10", "2"], DatasetFolder.Open(dataset.Folder).Labels);
    }

    private static string Rows(int count, Func<int, string> label) => string.Concat(Enumerable.Range(0, count).Select(i => $"{{\"text\":\"text {i}\",\"label\":\"{label(i)}\"}}\n"));

    private DatasetFolder Split(SplitRequest request) => DatasetSplitter.Split(request, _temp["d"], cancellationToken: TestContext.Current.CancellationToken);

    [Fact]
    public void Labels_that_are_tags_of_words_are_said_to_be_classes_here()
    {
        var rows = "word,tag\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"w{i},{(i % 2 == 0 ? "O" : "B-PER")}\n"));
        var dataset = Split(new SplitRequest { Files = [_temp.Write("t.csv", rows)], Read = new() { TextColumn = "word", LabelColumn = "tag" } });
        Assert.Contains(dataset.Info.Notes, n => n.StartsWith("t.csv: the labels are tags of words (O, B-PER), and each row is a text by itself", StringComparison.Ordinal));
    }

    [Fact]
    public void Greek_in_capitals_is_the_same_text() => Assert.Equal(TextIdentity.Of("ΟΔΟΣ ΛΟΓΟΣ"), TextIdentity.Of("οδος λογος"));

    [Fact]
    public void Labels_that_look_the_same_are_one_class()
    {
        string[] spellings = ["caf\u00e9", "cafe\u0301", "caf\u00e9\u200b", "the"];
        var dataset = Split(new SplitRequest { Files = [_temp.Write("a.jsonl", Rows(80, i => spellings[i % 4]))] });
        Assert.Equal(["caf\u00e9", "the"], dataset.Labels);
        Assert.Equal([["caf\u00e9", "cafe\u0301", "caf\u00e9\u200b"]], dataset.Info.MergedLabels);
    }
}

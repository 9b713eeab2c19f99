using System.IO.Compression;
using System.Text;
using FineTuneWorkflows.Text;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Datasets.Splitting;

namespace FineTuneWorkflows.Benchmarks.Fuzz;

/// <summary>Readers of data files of every format and kind, and the division into splits.</summary>
internal sealed class ReadersTarget : IFuzzTarget
{
    private static readonly ReadOptions[] Ways =
    [
        new(), new() { BadRows = BadRowPolicy.Skip }, new() { WithLabels = false, BadRows = BadRowPolicy.Skip }, new() { SecondColumn = "second", SplitColumn = "split", BadRows = BadRowPolicy.Skip },
        new() { LabelSeparator = "|", GroupColumn = "group", BadRows = BadRowPolicy.Skip }, new() { Kind = DataKind.PlainText, Documents = DocumentBoundary.EmptyLine }, new() { Kind = DataKind.Conversations, BadRows = BadRowPolicy.Skip },
        new() { Kind = DataKind.TokenClassification, BadRows = BadRowPolicy.Skip },
    ];

    public string Name => "readers";

    public IReadOnlyList<FuzzInput> Corpus { get; } =
    [
        .. new (string Name, string Content)[]
        {
            ("a.jsonl", "{\"text\":\"The soup was cold.\",\"label\":\"negative\",\"split\":\"train\",\"group\":1}\n{\"text\":\"Fine \\ud83d\\ude00\",\"label\":1.0}\n\n{\"text\":\"b\",\"label\":true,\"second\":\"c\"}\n"),
            ("b.jsonl", "{\"text\":\"Ada Lovelace lived\",\"entities\":[{\"start\":0,\"end\":12,\"label\":\"PER\"}]}\n{\"text\":\"中文 Lima\",\"label\":[[3,7,\"LOC\"]]}\n{\"tokens\":[\"Ada\",\"lived\"],\"tags\":[\"B-PER\",\"O\"]}\n"),
            ("c.jsonl", "{\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Weather?\"}]},{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"w\",\"arguments\":\"{\\\"city\\\": \\\"Lima\\\"}\"}}]},{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"18 C\"},{\"role\":\"assistant\",\"content\":\"18.\",\"weight\":1}],\"tools\":[{\"type\":\"function\"}]}\n{\"prompt\":\"a\",\"completion\":\"b\",\"label\":false}\n"),
            ("d.jsonl", "{\"conversations\":[{\"from\":\"human\",\"value\":\"Capital?\"},{\"from\":\"gpt\",\"value\":\"Lima.\"}]}\n{\"instruction\":\"Say\",\"input\":\"x\",\"output\":\"y\"}\n{\"prompt\":[{\"role\":\"user\",\"content\":\"a\"}],\"completion\":[{\"role\":\"assistant\",\"content\":\"b\"}]}\n"),
            ("e.jsonl", "{\"text\":\"The phone rings.\",\"label\":[\"sound\",\"place\"]}\n{\"text\":\"b\",\"labels\":[]}\n"),
            ("f.csv", "text,label,split,second,group\n\"a \"\"quoted\"\" text, with\nlines\",x,train,s,g\nb,y,test,t,h\n\n5\" screen,x,validation,u,g\n"),
            ("g.tsv", "text\tlabel\na \"quote\tx\nb\ty\n\tz\n"),
            ("h.csv", "sep=;\ntext;label\npos;\"gut; sehr gut\"\nneg;schlecht\n"),
            ("i.conll", "-DOCSTART- O\n\nTrains\tO\nto\tO\nNew\tB-PLACE\nGarching\tE-PLACE\nor\tO\nUlm\tS-PLACE\n\nAda B-PER\n"),
            ("j.txt", "one\r\ntwo\n\n\nthree \u00a0 four\n"),
            ("k.json", "[{\"text\":\"a\",\"label\":\"x\"},{\"text\":\"b\",\"label\":\"y\"}]\n"),
        }.SelectMany(f => new[] { new FuzzInput(f.Name, Encoding.UTF8.GetBytes(f.Content)), new FuzzInput(f.Name + ".gz", Compressed(f.Content)) }),
        new("utf16.csv", Encoding.Unicode.GetBytes("\uFEFFtext,label\na,x\nb,y\n")),
    ];

    public IReadOnlyList<string> Pieces { get; } =
    [
        "\n", "\r\n", "\r", "\n\n", "\t", ",", ";", "\"", "\"\"", "\",\"", "\u2028", "\uFEFF", "\u0085", "{", "}", "[", "]", "\"text\":", "\"label\":", "\"tokens\":", "\"tags\":", "\"entities\":", "\"messages\":", "\"role\":\"assistant\"", "\"weight\":0",
        "\"content\":[", "\"tool_calls\":[", "\"arguments\":", "\"start\":", "\"end\":", " O", " B-", " I-X", "S-", "\\ud83d", "\\u0000", "sep=", "train", "true", "null", "1e5", "\u4e2d", "\U0001F600", "\u0301", "x O\n",
    ];

    public bool IsDocumented(Exception e) => e is TextDataException;

    public void Run(FuzzInput input, string folder, int variant)
    {
        var path = Path.Combine(folder, input.Name);
        File.WriteAllBytes(path, input.Bytes);
        var options = Ways[variant % Ways.Length];
        if (options.WithLabels && variant / Ways.Length % 8 == 0)
        {
            DatasetSplitter.Split(new SplitRequest { Files = [path], Read = options, Seed = variant }, Path.Combine(folder, "dataset"));
            return;
        }
        foreach (var row in ExampleReader.Read(path, options, new BadRowLog()))
        {
            if (row.Example.Text is null) throw new InvalidOperationException("a row has no text");
        }
    }

    private static byte[] Compressed(string content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(content));
        return stream.ToArray();
    }
}

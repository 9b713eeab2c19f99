using System.Text;
using System.Text.Json;
using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Fingerprints;

namespace FineTuneWorkflows.Pipelines.Tests.Execution;

/// <summary>The files of the run cache and of the pipelines' memories, as versions before 0.2 wrote them.</summary>
public sealed class CacheJsonTests
{
    private const string TextsJson = """{"a":"plain","\u00E4\u0022\u003C\u003E\u0026\u002B\u0027\\":"zwei\nZeilen \u2028 \uD83D\uDE00","empty":""}""";

    private const string NumbersJson = """{"whole":2085,"small":5E-324,"large":-1.7976931348623157E+308,"third":0.3333333333333333,"nan":"NaN","up":"Infinity","down":"-Infinity"}""";

    private const string DocumentJson = """{"stage":"FineTune.A","version":3,"parameters":{"a":"plain","empty":"","\u00E4\u0022\u003C\u003E\u0026\u002B\u0027\\":"zwei\nZeilen \u2028 \uD83D\uDE00"},"files":{"Source":"00ff"},"inputs":{}}""";

    private const string RecordJson = $$"""{"fingerprint":"f00","document":{{DocumentJson}},"artifacts":{{TextsJson}},"metrics":{{NumbersJson}},"tags":{{TextsJson}},"seconds":0.30000000000000004,"runId":"r1","finished":"2026-11-23T12:34:56.1234567+00:00","engine":"0.1.0","platform":"here"}""";

    private const string DatasetsJson = $$"""[{"name":"train","digest":"ab","source":"a.csv","context":"training"},{"name":"test","digest":"cd","source":"a.csv","context":"testing","location":"/data/a.csv","rows":12,"columns":{{TextsJson}}""" + "}]";

    private const string MemoryJson = $$"""{"runId":"r1","plan":"plan","finished":false,"stages":{"A":{"document":{{DocumentJson}},"runId":"r0","done":true},"B":{"document":{{DocumentJson}},"runId":"r1","done":false}""" + "}}";

    private static readonly DateTimeOffset Time = new DateTimeOffset(2026, 11, 23, 12, 34, 56, TimeSpan.Zero).AddTicks(1234567);

    private static readonly Dictionary<string, string> Texts = new() { ["a"] = "plain", ["ä\"<>&+'\\"] = "zwei\nZeilen \u2028 \ud83d\ude00", ["empty"] = "" };

    private static readonly Dictionary<string, double> Numbers = new()
    {
        ["whole"] = 2085, ["small"] = 5e-324, ["large"] = -1.7976931348623157E+308, ["third"] = 1.0 / 3, ["nan"] = double.NaN, ["up"] = double.PositiveInfinity, ["down"] = double.NegativeInfinity,
    };

    private static StageRecord Record => new("f00", Document(), Texts, Numbers, Texts, 0.1 + 0.2, "r1", Time, "0.1.0", "here")
    {
        Datasets = [new("train", "ab", "a.csv", "training"), new("test", "cd", "a.csv", "testing", "/data/a.csv", 12, Texts)],
    };

    [Fact]
    public void A_record_is_written_as_ever() => Assert.Equal(RecordJson[..^1] + $",\"datasets\":{DatasetsJson}}}", Written(Record));

    [Fact]
    public void A_record_comes_back_as_it_was_written()
    {
        var read = ReadRecord(Written(Record));

        Assert.Equal(Written(Record), Written(read));
        Assert.Equal((Record.Seconds, Record.Finished, "3aabd4d76bc6104cdea2297d5e3a0d965685070d4554cc0e1c547e400f94b656"), (read.Seconds, read.Finished, read.Document.Fingerprint()));
        Assert.Equal(Numbers, read.Metrics);
        Assert.Equal(Texts, read.Tags);
        Assert.Equal(Record.Datasets.Select(d => d with { Columns = null }), read.Datasets.Select(d => d with { Columns = null }));
        Assert.Equal(Record.Datasets.Select(d => d.Columns), read.Datasets.Select(d => d.Columns));
    }

    [Fact]
    public void A_record_without_data_sets_is_read() => Assert.Equal(Written(Record with { Datasets = [] }), Written(ReadRecord(RecordJson)));

    [Fact]
    public void A_memory_is_written_as_ever_and_comes_back()
    {
        Assert.Equal(MemoryJson, Written(new PipelineMemory { RunId = "r1", Plan = "plan", Finished = false, Stages = new() { ["A"] = new(Document(), "r0", true), ["B"] = new(Document(), "r1", false) } }));
        Assert.Equal(MemoryJson, Written(ReadMemory(MemoryJson)));
        Assert.Equal("""{"finished":true,"stages":{}}""", Written(ReadMemory("""{"finished":true,"stages":{}}""")));
    }

    [Fact]
    public void What_is_cut_off_or_changed_is_refused_as_json_or_read_and_never_anything_else()
    {
        for (var length = 0; length < RecordJson.Length; length++)
            Assert.ThrowsAny<JsonException>(() => ReadRecord(RecordJson[..length]));
        foreach (var other in (string[])["7", "[]", "{}", "\"text\"", "true"])
        {
            Assert.ThrowsAny<JsonException>(() => ReadRecord(other));
            Assert.ThrowsAny<JsonException>(() => ReadMemory(other));
        }

        foreach (var other in (string[])["null", "7", "[]", "{}", "\"text\"", "true", """{"a":null}""", """{"a":7}"""])
            foreach (var member in (string[])["fingerprint", "document", "artifacts", "metrics", "tags", "seconds", "finished", "version", "parameters", "files", "inputs"])
                Reading(Replaced(RecordJson, member, other));
    }

    [Fact]
    public void A_text_that_is_null_is_refused_by_its_name() =>
        Assert.Contains("a: there is something else where a text belongs", Assert.ThrowsAny<JsonException>(() => ReadRecord(Replaced(RecordJson, "artifacts", """{"a":null}"""))).Message, StringComparison.Ordinal);

    private static string Written(StageRecord record) => JsonSerializer.Serialize(record, CacheJson.Default.StageRecord);

    private static string Written(PipelineMemory memory) => JsonSerializer.Serialize(memory, CacheJson.Default.PipelineMemory);

    private static StageRecord ReadRecord(string json) => JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(json), CacheJson.Default.StageRecord)!;

    private static PipelineMemory ReadMemory(string json) => JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(json), CacheJson.Default.PipelineMemory)!;

    private static void Reading(string json)
    {
        try
        {
            var read = ReadRecord(json);
            Assert.NotEmpty(read.Document.Fingerprint());
            Assert.DoesNotContain(null, read.Artifacts.Values.Concat(read.Tags.Values));
        }
        catch (JsonException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    private static string Replaced(string json, string member, string value)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject();
        var owner = node.ContainsKey(member) ? node : node["document"]!.AsObject();
        owner[member] = System.Text.Json.Nodes.JsonNode.Parse(value);
        return node.ToJsonString();
    }

    private static FingerprintDocument Document() => new(
        "FineTune.A", 3, new(Texts, StringComparer.Ordinal), new(StringComparer.Ordinal) { ["Source"] = "00ff" }, new(StringComparer.Ordinal));
}

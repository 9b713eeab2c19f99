using System.Text;
using System.Text.Json;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Pipelines.Tests.Journals;

public sealed class HandwrittenJsonTests
{
    private static readonly DateTimeOffset Time = new DateTimeOffset(2026, 11, 23, 12, 34, 56, TimeSpan.Zero).AddTicks(1234567);

    private static readonly Dictionary<string, string> Texts = new() { ["a"] = "plain", ["ä\"<>&+'\\"] = "zwei\nZeilen \u2028 \ud83d\ude00", ["empty"] = "" };

    private static readonly Dictionary<string, double> Numbers = new()
    {
        ["whole"] = 2085, ["small"] = 5e-324, ["large"] = -1.7976931348623157E+308, ["third"] = 1.0 / 3, ["nan"] = double.NaN, ["up"] = double.PositiveInfinity, ["down"] = double.NegativeInfinity,
    };

    public static TheoryData<RunEvent> Events { get; } =
    [
        new RunStarted(Time, "r1", "p", "Näme", null, Texts, "0.1.0"),
        new RunStarted(Time, "r1", "p", "Näme", "workflows/a.json", new Dictionary<string, string>(), "0.1.0"),
        new RunStarted(Time, "r1", "p", "Näme", null, Texts, "0.1.0", "r0"),
        new RunStarted(Time, "r1", "p", "Näme", null, Texts, "0.1.0", Given: Texts),
        new RunStarted(Time, "r1", "p", "Näme", null, Texts, "0.1.0", Tracking: Texts),
        new RunTagged(Time, Texts),
        new RunMeasured(Time, 7, Numbers),
        new RunFileKept(Time, "definition.json"),
        new RunResumed(Time, "r1"),
        new RunFinished(Time, "r1", RunStatus.Succeeded),
        new RunFinished(Time, "r1", RunStatus.Failed),
        new RunFinished(Time, "r1", RunStatus.Cancelled),
        new StageFinished(Time, "Train", "FineTune.FineTune", StageOutcome.UpToDate, "up to date", 0.001, "f00", Texts, Numbers, Texts, "r0"),
        new StageFinished(Time, "Train", "FineTune.FineTune", StageOutcome.UpToDate, "up to date", 0, null, Texts, Numbers, Texts, null, "why"),
        new StageFinished(Time, "Train", "FineTune.FineTune", StageOutcome.Failed, "no", 12.5, null, Texts, Numbers, Texts, null, "why"),
        new StageNoted(Time, "Train", "note"),
    ];

    [Theory]
    [MemberData(nameof(Events))]
    public void Events_come_out_byte_for_byte_as_the_serializer_writes_them(RunEvent runEvent) =>
        Assert.Equal(JsonSerializer.Serialize(runEvent, RunJson.Default.RunEvent), Encoding.UTF8.GetString(HandwrittenJson.Event(runEvent)));

    [Fact]
    public void A_summary_comes_out_byte_for_byte_as_the_serializer_writes_it()
    {
        var summary = new RunSummary("r1", "failed", [new("A", "FineTune.A", "executed", 1.25, "not built before", Texts), new("B", "FineTune.B", "failed", 0, "`x` -> y", Texts, ["one", "zwei\n"])], Numbers) { Notes = ["ignored"] };

        Assert.Equal(JsonSerializer.Serialize(summary, RunJson.Default.RunSummary), summary.ToJson());
    }

    [Fact]
    public void A_record_comes_back_as_it_was_written()
    {
        var record = new StageRecord("f00", Document(), Texts, Numbers, Texts, 0.1 + 0.2, "r1", Time, "0.1.0", "here") { Datasets = [new("train", "ab", "a.csv", "training"), new("test", "cd", "a.csv", "testing", "/data/a.csv", 12, Texts)] };

        var read = HandwrittenJson.ReadRecord(HandwrittenJson.Record(record));

        Assert.Equal(Encoding.UTF8.GetString(HandwrittenJson.Record(record)), Encoding.UTF8.GetString(HandwrittenJson.Record(read)));
        Assert.Equal((record.Seconds, record.Finished, record.Document.Fingerprint()), (read.Seconds, read.Finished, read.Document.Fingerprint()));
        Assert.Equal(Numbers, read.Metrics);
        Assert.Equal(Texts, read.Tags);
        Assert.Equal(record.Datasets.Select(d => d with { Columns = null }), read.Datasets.Select(d => d with { Columns = null }));
        Assert.Equal(record.Datasets.Select(d => d.Columns), read.Datasets.Select(d => d.Columns));
    }

    [Fact]
    public void A_memory_comes_back_as_it_was_written()
    {
        foreach (var memory in (PipelineMemory[])[new(null, null, true, []), new("r1", "plan", false, new() { ["A"] = new(Document(), "r0", true), ["B"] = new(Document(), "r1", false) })])
        {
            var read = HandwrittenJson.ReadMemory(HandwrittenJson.Memory(memory));

            Assert.Equal(Encoding.UTF8.GetString(HandwrittenJson.Memory(memory)), Encoding.UTF8.GetString(HandwrittenJson.Memory(read)));
            Assert.Equal((memory.RunId, memory.Plan, memory.Finished, memory.Stages.Count), (read.RunId, read.Plan, read.Finished, read.Stages.Count));
        }
    }

    [Fact]
    public void Whatever_is_cut_off_or_changed_is_refused_as_json_or_read_and_never_anything_else()
    {
        var whole = Encoding.UTF8.GetString(HandwrittenJson.Record(new("f00", Document(), Texts, Numbers, Texts, 1, "r1", Time, "0.1.0", "here")));
        for (var length = 0; length < whole.Length; length++)
            Assert.ThrowsAny<JsonException>(() => HandwrittenJson.ReadRecord(Encoding.UTF8.GetBytes(whole[..length])));
        foreach (var other in (string[])["null", "7", "[]", "{}", "\"text\"", "true"])
        {
            Assert.ThrowsAny<JsonException>(() => HandwrittenJson.ReadRecord(Encoding.UTF8.GetBytes(other)));
            Assert.ThrowsAny<JsonException>(() => HandwrittenJson.ReadMemory(Encoding.UTF8.GetBytes(other)));
            foreach (var member in (string[])["fingerprint", "document", "artifacts", "metrics", "seconds", "finished", "version", "parameters"])
                Reading(Replaced(whole, member, other));
        }
    }

    private static void Reading(string json)
    {
        try
        {
            Assert.NotNull(HandwrittenJson.ReadRecord(Encoding.UTF8.GetBytes(json)).Fingerprint);
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

using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Pipelines.Tests.Journals;

/// <summary>Lines of journals and summaries, byte for byte: what is written must be what was written.</summary>
public sealed class RunJsonTests
{
    private const string TextsJson = """{"a":"plain","\u00E4\u0022\u003C\u003E\u0026\u002B\u0027\\":"zwei\nZeilen \u2028 \uD83D\uDE00","empty":""}""";

    private const string NumbersJson = """{"whole":2085,"small":5E-324,"large":-1.7976931348623157E+308,"third":0.3333333333333333,"nan":"NaN","up":"Infinity","down":"-Infinity"}""";

    private static readonly DateTimeOffset Time = new DateTimeOffset(2026, 11, 23, 12, 34, 56, TimeSpan.Zero).AddTicks(1234567);

    private static readonly Dictionary<string, string> Texts = new() { ["a"] = "plain", ["ä\"<>&+'\\"] = "zwei\nZeilen \u2028 \ud83d\ude00", ["empty"] = "" };

    private static readonly Dictionary<string, double> Numbers = new()
    {
        ["whole"] = 2085, ["small"] = 5e-324, ["large"] = -1.7976931348623157E+308, ["third"] = 1.0 / 3, ["nan"] = double.NaN, ["up"] = double.PositiveInfinity, ["down"] = double.NegativeInfinity,
    };

    public static TheoryData<RunEvent, string> Events { get; } = new()
    {
        { new RunStarted(Time, "r1", "p", "Näme", null, Texts, "0.1.0"), $$"""{"event":"run-started","runId":"r1","pipeline":"p","name":"N\u00E4me","properties":{{TextsJson}},"engine":"0.1.0","time":"2026-11-23T12:34:56.1234567+00:00"}""" },
        {
            new RunStarted(Time, "r1", "p", "n", "workflows/a.json", new Dictionary<string, string>(), "0.1.0", "r0", Texts, Texts),
            $$"""{"event":"run-started","runId":"r1","pipeline":"p","name":"n","definition":"workflows/a.json","properties":{},"engine":"0.1.0","parent":"r0","given":{{TextsJson}},"tracking":{{TextsJson}},"time":"2026-11-23T12:34:56.1234567+00:00"}"""
        },
        { new RunResumed(Time, "r1"), """{"event":"run-resumed","runId":"r1","time":"2026-11-23T12:34:56.1234567+00:00"}""" },
        { new RunFinished(Time, "r1", RunStatus.Cancelled), """{"event":"run-finished","runId":"r1","status":"Cancelled","time":"2026-11-23T12:34:56.1234567+00:00"}""" },
        {
            new StageFinished(Time, "Train", "FineTune.FineTune", StageOutcome.UpToDate, "up to date", 0.001, "f00", Texts, Numbers, Texts, "r0"),
            $$"""{"event":"stage-finished","stageId":"Train","type":"FineTune.FineTune","outcome":"UpToDate","reason":"up to date","seconds":0.001,"fingerprint":"f00","artifacts":{{TextsJson}},"metrics":{{NumbersJson}},"tags":{{TextsJson}},"madeByRun":"r0","time":"2026-11-23T12:34:56.1234567+00:00"}"""
        },
        { new StageNoted(Time, "Train", "note"), """{"event":"stage-noted","stageId":"Train","message":"note","time":"2026-11-23T12:34:56.1234567+00:00"}""" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_is_written_as_ever(RunEvent runEvent, string expected)
    {
        Assert.Equal(expected, JsonSerializer.Serialize(runEvent, RunJson.Default.RunEvent));
        Assert.Equal(expected, JsonSerializer.Serialize(JsonSerializer.Deserialize(expected, RunJson.Default.RunEvent), RunJson.Default.RunEvent));
    }

    [Fact]
    public void A_summary_is_written_as_ever()
    {
        var summary = new RunSummary("r1", "failed", [new("A", "FineTune.A", "executed", 1.25, "not built before", Texts), new("B", "FineTune.B", "failed", 0, "`x` -> y", Texts, ["one", "zwei\n"])], Numbers) { Notes = ["ignored"] };

        Assert.Equal(
            $$"""{"runId":"r1","status":"failed","stages":[{"id":"A","type":"FineTune.A","outcome":"executed","seconds":1.25,"reason":"not built before","artifacts":{{TextsJson}}},{"id":"B","type":"FineTune.B","outcome":"failed","seconds":0,"reason":"\u0060x\u0060 -\u003E y","artifacts":{{TextsJson}},"notes":["one","zwei\n"]}],"metrics":{{NumbersJson}},"notes":["ignored"]}""",
            summary.ToJson());
    }
}

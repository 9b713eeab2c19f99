using System.Globalization;
using CsCheck;
using FineTuneWorkflows.Tracking.Registry;

namespace FineTuneWorkflows.Tracking.Tests.Registry;

public sealed class ModelGateTests
{
    [Theory]
    [InlineData("test/accuracy >= 0.8", true, "test/accuracy is 0.85, >= 0.8")]
    [InlineData("test/accuracy>=0.85", true, "test/accuracy is 0.85, >= 0.85")]
    [InlineData("test/accuracy > 0.85", false, "test/accuracy is 0.85, not > 0.85")]
    [InlineData("test/loss < 1e-1", false, "test/loss is 0.4, not < 0.1")]
    [InlineData("test/loss <= 0.4", true, "test/loss is 0.4, <= 0.4")]
    [InlineData("test/accuracy >= champion", true, "test/accuracy is 0.85, >= 0.8 of the champion, version 1")]
    [InlineData("test/accuracy > 0.8 and test/loss < champion", false, "test/loss is 0.4, not < 0.3 of the champion, version 1")]
    [InlineData("test/f1 > 0", false, "version 2 has no metric test/f1; it has nan, test/accuracy, test/loss")]
    [InlineData("nan > -5", false, "nan is NaN, which passes no gate")]
    public void A_gate_says_whether_and_why_it_holds(string expression, bool holds, string explanation)
    {
        var champion = Version(1, ("test/accuracy", 0.8), ("test/loss", 0.3));
        var result = ModelGate.Parse(expression).Evaluate(Candidate, champion);
        Assert.Equal((holds, explanation), (result.Holds, result.Explanation));
    }

    [Fact]
    public void Where_there_is_no_champion_yet_a_comparison_with_it_holds()
    {
        var result = ModelGate.Parse("test/accuracy >= champion").Evaluate(Candidate, null);
        Assert.Equal((true, "test/accuracy is 0.85 and there is no champion yet"), (result.Holds, result.Explanation));
        Assert.False(ModelGate.Parse("test/accuracy >= champion and test/accuracy > 0.9").Evaluate(Candidate, null).Holds);
    }

    [Fact]
    public void The_champion_itself_passes_a_comparison_with_itself() =>
        Assert.True(ModelGate.Parse("test/accuracy > champion").Evaluate(Candidate, Candidate).Holds);

    [Fact]
    public void A_champion_without_the_metric_is_not_beaten()
    {
        var result = ModelGate.Parse("test/accuracy > champion").Evaluate(Candidate, Version(1));
        Assert.False(result.Holds);
        Assert.Contains("has no metric test/accuracy", result.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("test/accuracy")]
    [InlineData("test/accuracy >=")]
    [InlineData("test/accuracy == 0.8")]
    [InlineData("test/accuracy >= 0,8")]
    [InlineData("test/accuracy >= best")]
    [InlineData("test/accuracy >= NaN")]
    [InlineData("test/accuracy >= 0.8 and")]
    [InlineData("test/accuracy >= 0.8 or test/loss < 1")]
    [InlineData(">= 0.8")]
    [InlineData("a!b > 1")]
    public void What_is_no_gate_is_refused_with_an_example(string expression) =>
        Assert.Contains(
            "test/accuracy >= 0.8", Assert.Throws<TrackingException>(() => ModelGate.Parse(expression)).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_gate_written_out_reads_back_equal()
    {
        var metric = Gen.OneOfConst("test/accuracy", "a b", "x-y.z:1", "android", "and_more");
        var bound = Gen.OneOf(Gen.Double[-1e9, 1e9].Select(value => (double?)value), Gen.Const((double?)null));
        var condition = Gen.Select(
            metric, Gen.Enum<GateComparison>(), bound, (name, comparison, value) => new GateCondition(name, comparison, value));
        condition.Array[1, 4].Sample(conditions =>
        {
            var text = string.Join(" and ", conditions.Select(item => item.ToString()));
            var gate = ModelGate.Parse(text);
            Assert.Equal(conditions, gate.Conditions);
            Assert.Equal(text, gate.ToString());
        });
    }

    [Fact]
    public void Numbers_are_read_alike_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal("a >= 0.5", ModelGate.Parse("a >= 0.5").ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static ModelVersion Candidate => Version(2, ("test/accuracy", 0.85), ("test/loss", 0.4), ("nan", double.NaN));

    private static ModelVersion Version(int number, params (string Key, double Value)[] metrics) => new(
        "sentiment", number, $"digest {number}", "run", null, Make.Noon,
        new SortedDictionary<string, double>(metrics.ToDictionary(metric => metric.Key, metric => metric.Value), StringComparer.Ordinal), [], []);
}

using FineTuneWorkflows.Stages.Evaluate;

namespace FineTuneWorkflows.Stages.Tests.Evaluate;

public class VerdictTests
{
    [Theory]
    [InlineData("test/accuracy=0.83 baseline/accuracy=0.78 test/predicted_classes=2", "")]
    [InlineData("test/accuracy=0.83", "")]
    [InlineData("test/accuracy=0.5 baseline/accuracy=0.534 test/predicted_classes=2", "the model is not better than its baseline: accuracy 0.500 against 0.534")]
    [InlineData("test/accuracy=0.534 baseline/accuracy=0.534", "the model is not better than its baseline: accuracy 0.534 against 0.534")]
    [InlineData("test/accuracy=0.9 baseline/accuracy=0.8 test/predicted_classes=1", "the model gives every test text the same class: it has not learned to tell them apart")]
    [InlineData("test/f1=0.4 baseline/f1=0.6 test/accuracy=0.9 baseline/accuracy=0.8", "the model is not better than its baseline: entity F1 0.400 against 0.600")]
    [InlineData("test/f1=0", "the model finds none of the test texts' entities")]
    public void What_figures_mean_is_said_in_words(string metrics, string verdict) => Assert.Equal(
        verdict, string.Join("; ", Verdict.Of(metrics.Split(' ').Select(m => m.Split('=')).ToDictionary(m => m[0], m => double.Parse(m[1], System.Globalization.CultureInfo.InvariantCulture)))));
}

using FineTuneWorkflows.Cli.Rendering;

namespace FineTuneWorkflows.Cli.Tests.Rendering;

public sealed class ScoresTests
{
    [Fact]
    public void A_writing_model_is_told_by_its_perplexity_and_has_no_empty_columns()
    {
        var metrics = Metrics(("test/loss", 5.1524), ("test/perplexity", 172.84), ("test/accuracy", 0.2104));

        Assert.Equal("      perplexity  loss   accuracy of tokens\ntest  172.8       5.152  0.210\n", Table(metrics));
        Assert.Equal("perplexity 172.8", Scores.Headline(metrics));
        Assert.Equal("      perplexity\ntest  12\n", Table(Metrics(("test/perplexity", 12))));
    }

    [Fact]
    public void Each_other_task_has_its_own_figures_too()
    {
        Assert.Equal("entity F1 0.865", Scores.Headline(Metrics(("test/f1", 0.8649), ("test/loss", 1))));
        Assert.Equal("F1 (micro) 0.700", Scores.Headline(Metrics(("test/f1_micro", 0.7), ("test/accuracy", 0.5), ("test/f1_macro", 0.6))));
        Assert.Equal("accuracy 0.827", Scores.Headline(Metrics(("test/accuracy", 0.827), ("test/f1_macro", 0.8))));
        Assert.Equal("", Scores.Headline(Metrics(("train/loss", 1))));
        Assert.Null(Scores.Table(Metrics(("train/loss", 1))));
    }

    private static Dictionary<string, double> Metrics(params (string Key, double Value)[] metrics) => metrics.ToDictionary(m => m.Key, m => m.Value);

    private static string Table(Dictionary<string, double> metrics)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        Scores.Table(metrics)!.Write(writer, new(false));
        return writer.ToString();
    }
}

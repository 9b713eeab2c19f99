using FineTuneWorkflows.Learning.Baselines;
using FineTuneWorkflows.Learning.Metrics;

namespace FineTuneWorkflows.Learning.Tests.Baselines;

public class BaselineTests
{
    private static readonly string[] Texts =
        [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? $"a bad and boring film number {i}" : $"a good and lovely film number {i}")];

    private static readonly int[] Labels = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? 0 : 2)];

    [Fact]
    public void Mlnet_learns_repeatably_and_keeps_class_numbers_where_one_has_no_examples()
    {
        string[] asked = ["what a lovely film", "so boring", ""];
        ProbabilityTable one = MlNetBaseline.Train(Texts, Labels, 3, seed: 1).Predict(asked), two = MlNetBaseline.Train(Texts, Labels, 3,
            seed: 1).Predict(asked);
        Assert.Equal(2, one.Best(0));
        Assert.Equal(0, one.Best(1));
        for (int i = 0; i < asked.Length; i++)
        {
            Assert.Equal(one.Row(i).ToArray(), two.Row(i).ToArray());
            Assert.Equal(1, one.Row(i).ToArray().Sum(), 1e-9);
            Assert.Equal(0, one.Row(i)[1]);
        }
    }

    [Fact]
    public void Naive_bayes_gives_the_probabilities_computed_by_hand()
    {
        NaiveBayesBaseline model = NaiveBayesBaseline.Train(["good good film", "bad film"], [1, 0], 2);
        // Vocabulary good, film, bad. P(good|1) = 3/6, P(good|0) = 1/5; priors equal; "unseen" is passed over.
        Assert.Equal(0.5 / (0.5 + 0.2), model.Predict(["Good, unseen!"]).Row(0)[1], 1e-12);
        Assert.Equal(0.5, model.Predict([""]).Row(0)[1], 1e-12);
    }

    [Fact]
    public void The_most_frequent_class_is_always_answered()
    {
        ProbabilityTable table = MostFrequentClassBaseline.Train([1, 1, 0], 2).Predict(["x", "y"]);
        Assert.Equal([1, 1], table.BestOfAll());
        Assert.Equal(2.0 / 3, table.Row(1)[1], 1e-12);
    }

    [Fact]
    public void Bad_training_data_is_refused()
    {
        Assert.Contains("no training texts", Assert.Throws<LearningException>(() => NaiveBayesBaseline.Train([], [], 2)).Message,
            StringComparison.Ordinal);
        Assert.Contains("text 1 of the baseline has label 5", Assert.Throws<LearningException>(() => NaiveBayesBaseline.Train(["a", "b"], [0, 5],
            2)).Message, StringComparison.Ordinal);
        Assert.Contains("two classes", Assert.Throws<LearningException>(() => MlNetBaseline.Train(["a", "b"], [1, 1], 2, 1)).Message,
            StringComparison.Ordinal);
    }
}

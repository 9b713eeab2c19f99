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
    public void Mlnet_is_left_out_where_classes_times_features_are_too_many()
    {
        string message = Assert.Throws<BaselineTooLargeException>(() => MlNetBaseline.Train(Texts, Labels, 3, seed: 1, mostWeights: 100)).Message;
        Assert.Matches(@"\A2 classes times [1-9]\d\d features of the training texts are [1-9][\d,]* weights; 100 at most are trained\z", message);
        Assert.Equal(2, MlNetBaseline.Train(Texts, Labels, 3, seed: 1, mostWeights: 10_000).Predict(["what a lovely film"]).Best(0));
    }

    [Fact]
    public void A_cancelled_baseline_stops_in_each_part_of_its_training()
    {
        // At the first text, half-way, and at the last that is read: then the trainer goes over what was kept of them.
        var counting = new CancellingTexts(Texts, int.MaxValue);
        MlNetBaseline.Train(counting, Labels, 3, seed: 1, counting.Token);
        foreach (int at in (int[])[1, counting.Read / 2, counting.Read])
        {
            var cancelling = new CancellingTexts(Texts, at);
            Assert.ThrowsAny<OperationCanceledException>(() => MlNetBaseline.Train(cancelling, Labels, 3, seed: 1, cancelling.Token));
            Assert.True(cancelling.Read >= at);
        }

        var middle = new CancellingTexts(Texts, 20);
        Assert.Throws<OperationCanceledException>(() => NaiveBayesBaseline.Train(middle, Labels, 3, middle.Token));
        ITextBaseline[] trained = [MlNetBaseline.Train(Texts, Labels, 3, 1), NaiveBayesBaseline.Train(Texts, Labels, 3), MostFrequentClassBaseline.Train(Labels, 3)];
        Assert.All(trained, baseline => Assert.ThrowsAny<OperationCanceledException>(() => baseline.Predict(Texts, new CancellationToken(canceled: true))));
    }

    [Fact]
    public void Naive_bayes_has_room_for_many_classes()
    {
        // A table of words times classes would take 100,000 x 50,000 x 8 bytes.
        string[] texts = [.. Enumerable.Range(0, 50_000).Select(i => $"word{i} thing{i}")];
        NaiveBayesBaseline model = NaiveBayesBaseline.Train(texts, [.. Enumerable.Range(0, texts.Length)], texts.Length);
        Assert.Equal([7, 49_999], model.Predict(["word7", "thing49999 unseen"]).BestOfAll());
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

    /// <summary>Texts that cancel when so many were read.</summary>
    private sealed class CancellingTexts(IReadOnlyList<string> texts, int at) : IReadOnlyList<string>
    {
        private readonly CancellationTokenSource _source = new();

        public CancellationToken Token => _source.Token;

        public int Read { get; private set; }

        public int Count => texts.Count;

        public string this[int index] => Next(texts[index]);

        public IEnumerator<string> GetEnumerator() => texts.Select(Next).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        private string Next(string text)
        {
            if (++Read == at)
                _source.Cancel();
            return text;
        }
    }
}

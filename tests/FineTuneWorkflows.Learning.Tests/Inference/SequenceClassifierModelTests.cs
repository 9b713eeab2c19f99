using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Metrics;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Inference;

public sealed class SequenceClassifierModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SequenceClassifierModel _model;

    public SequenceClassifierModelTests()
    {
        using LanguageModel model = LanguageModel.Create(ToyData.Config with { InitializerRange = 0.3 }, ModelTask.SequenceClassification, ["a", "b", "c"], seed: 4);
        model.Save(_folder.Path);
        _model = SequenceClassifierModel.Load(_folder.Path, threads: 1);
    }

    [Fact]
    public void Padding_batch_size_and_order_change_no_probability()
    {
        int[][] sequences = ToyData.Make(40, 3).Tokens;
        ProbabilityTable together = Predict(sequences, 16), alone = Predict(sequences, 1), reversed = Predict([.. sequences.Reverse()], 7);
        for (int i = 0; i < sequences.Length; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                Assert.Equal(alone.Row(i)[c], together.Row(i)[c], 1e-5);
                Assert.Equal(alone.Row(i)[c], reversed.Row(sequences.Length - 1 - i)[c], 1e-5);
            }
            Assert.Equal(1, together.Row(i).ToArray().Sum(), 1e-9);
        }
        Assert.True(Enumerable.Range(1, 39).Any(i => Math.Abs(alone.Row(i)[0] - alone.Row(0)[0]) > 0.01), "the model tells sequences apart");
    }

    [Fact]
    public void Nothing_asked_nothing_answered() => Assert.Equal(0, Predict([], 4).Count);

    [Fact]
    public void What_the_model_cannot_take_is_refused_by_index_and_value()
    {
        Assert.Contains("Example 1 of the input data has 25 tokens", Refusal([[2], new int[25]]), StringComparison.Ordinal);
        Assert.Contains("Example 0 of the input data has no tokens", Refusal([[]]), StringComparison.Ordinal);
        Assert.Contains("token id 60 at place 1", Refusal([[2, 60]]), StringComparison.Ordinal);
        Assert.Contains("token id -1 at place 0", Refusal([[-1]]), StringComparison.Ordinal);

        string Refusal(int[][] sequences) => Assert.Throws<TrainingException>(() => Predict(sequences, 4)).Message;
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    private ProbabilityTable Predict(int[][] sequences, int batchSize) => _model.Predict(sequences, batchSize, TestContext.Current.CancellationToken);
}

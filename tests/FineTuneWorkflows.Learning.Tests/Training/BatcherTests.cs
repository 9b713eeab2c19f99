using CsCheck;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class BatcherTests
{
    [Fact]
    public void Every_example_is_in_one_batch_and_no_batch_is_too_large()
    {
        Gen.Int[1, 400].Select(Gen.Int[1, 40], Gen.Int[0, 5]).Sample((count, size, epoch) =>
        {
            int[][] batches = Batcher.Shuffled(ToyData.Make(count), size, seed: 1, epoch);
            return batches.Length == Batcher.CountBatches(count, size) && batches.All(batch => batch.Length <= size && batch.Length > 0)
                && batches.SelectMany(batch => batch).Order().SequenceEqual(Enumerable.Range(0, count));
        }, iter: 100);
    }

    [Fact]
    public void Batches_depend_on_seed_and_epoch_alone_and_pad_little()
    {
        ToyData data = ToyData.Make(2000);
        int[][] one = Batcher.Shuffled(data, 16, 1, 0);
        Assert.Equal(one, Batcher.Shuffled(data, 16, 1, 0));
        Assert.NotEqual(one, Batcher.Shuffled(data, 16, 1, 1));
        Assert.NotEqual(one, Batcher.Shuffled(data, 16, 2, 0));
        double padding = one.Sum(batch => batch.Sum(i => batch.Max(data.Length) - data.Length(i))) / (double)data.Tokens.Sum(tokens => tokens.Length);
        Assert.True(padding < 0.05, $"padding {padding:P1}");
    }

    [Fact]
    public void Evaluation_goes_from_the_longest_to_the_shortest()
    {
        ToyData data = ToyData.Make(100);
        int[] lengths = [.. Batcher.ByLength(data, 8).SelectMany(batch => batch).Select(data.Length)];
        Assert.Equal(lengths.OrderDescending(), lengths);
    }

    [Fact]
    public void Learning_rates_rise_and_fall_as_stated()
    {
        var linear = new LearningRateSchedule(ScheduleKind.Linear, 1, 10, 0.2);
        Assert.Equal([0.5, 1, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125], Enumerable.Range(0, 10).Select(step => linear.At(step)));
        var cosine = new LearningRateSchedule(ScheduleKind.Cosine, 2, 4, 0);
        Assert.Equal(2, cosine.At(0), 1e-12);
        Assert.Equal(1, cosine.At(2), 1e-12);
        Assert.Equal(2 * 0.5 * (1 + Math.Cos(Math.PI * 0.75)), cosine.At(3), 1e-12);
        var constant = new LearningRateSchedule(ScheduleKind.Constant, 3, 4, 0.5);
        Assert.Equal([1.5, 3, 3, 3], Enumerable.Range(0, 4).Select(step => constant.At(step)));
        Assert.Equal(1, new LearningRateSchedule(ScheduleKind.Linear, 1, 1, 0.1).At(0));
    }
}

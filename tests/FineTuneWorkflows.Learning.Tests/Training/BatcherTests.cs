using CsCheck;
using FineTuneWorkflows.Learning.Data;
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
    public void A_token_budget_bounds_places_and_sequences_and_leaves_no_room_that_the_next_sequence_would_have_fitted()
    {
        Gen.Int[1, 300].Select(Gen.Int[1, 30], Gen.Int[5, 200], Gen.Int[0, 3]).Sample((count, size, budget, epoch) =>
        {
            ToyData data = ToyData.Make(count);
            int[][] batches = Batcher.Shuffled(data, size, seed: 1, epoch, budget);
            return batches.All(batch => batch.Length <= size && (batch.Length == 1 || batch.Length * batch.Max(data.Length) <= budget))
                && batches.SelectMany(batch => batch).Order().SequenceEqual(Enumerable.Range(0, count));
        }, iter: 200);
        ToyData same = new([.. Enumerable.Range(0, 100).Select(_ => new int[7])], new int[100]);
        Assert.Equal(Enumerable.Repeat(5, 20), Batcher.Shuffled(same, 64, 1, 0, tokenBudget: 41).Select(batch => batch.Length));
    }
}

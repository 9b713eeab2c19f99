using FineTuneWorkflows.Learning.Data;

namespace FineTuneWorkflows.Learning.Training.Memory;

/// <summary>What is computed at once: how many tokens there are, padding included, and how wide they lie.</summary>
/// <param name="Places">Sequences times the longest of them.</param>
/// <param name="Tokens">The longest sequence.</param>
public readonly record struct BatchShape(long Places, int Tokens)
{
    /// <summary>The largest piece of a training step whose sequences have this many tokens at most, by BatchSize, BatchTokens and MicroBatchSize.</summary>
    /// <param name="options">How a model is trained.</param>
    /// <param name="tokens">The longest sequence.</param>
    public static BatchShape OfTraining(TrainingOptions options, int tokens)
    {
        long places = (long)options.BatchSize * tokens;
        if (options.BatchTokens > 0)
            places = Math.Min(places, Math.Max(options.BatchTokens, tokens));
        if (options.MicroBatchSize > 0)
            places = Math.Min(places, (long)options.MicroBatchSize * tokens);
        return new BatchShape(places, tokens);
    }

    /// <summary>The largest piece of the first epoch's batches of some data.</summary>
    /// <param name="options">How a model is trained.</param>
    /// <param name="data">The training data.</param>
    public static BatchShape OfTraining(TrainingOptions options, ISequenceDataset data)
    {
        var largest = default(BatchShape);
        foreach (int[] batch in Batcher.Shuffled(data, options.BatchSize, options.Seed, 0, options.BatchTokens))
        {
            foreach (int[] piece in batch.Chunk(options.MicroBatchSize > 0 ? options.MicroBatchSize : batch.Length))
                largest = Larger(largest, Of(data, piece));
        }
        return largest;
    }

    /// <summary>The largest batch of a validation: BatchSize sequences, the longest ones first.</summary>
    /// <param name="options">How a model is trained.</param>
    /// <param name="data">The validation data.</param>
    public static BatchShape OfValidation(TrainingOptions options, ISequenceDataset data) =>
        data.Count == 0 ? default : Of(data, Batcher.ByLength(data, options.BatchSize)[0]);

    /// <summary>The largest batch of a validation whose sequences have this many tokens at most.</summary>
    /// <param name="options">How a model is trained.</param>
    /// <param name="tokens">The longest sequence.</param>
    public static BatchShape OfValidation(TrainingOptions options, int tokens) => new((long)options.BatchSize * tokens, tokens);

    private static BatchShape Of(ISequenceDataset data, int[] indices)
    {
        int tokens = indices.Max(data.Length);
        return new BatchShape((long)indices.Length * tokens, tokens);
    }

    // By places, and among equals by width: attention grows with both.
    private static BatchShape Larger(BatchShape a, BatchShape b) => (a.Places, a.Tokens).CompareTo((b.Places, b.Tokens)) >= 0 ? a : b;
}

namespace FineTuneWorkflows.Learning.Training;

/// <summary>The loss, the gradient, a weight or a validation metric became infinite or no number.</summary>
public sealed class DivergenceException : TrainingException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">The message the user reads.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 1, counted over all epochs.</param>
    /// <param name="batch">The batch in the epoch, from 1.</param>
    /// <param name="examples">The batch's examples by their numbers in the training data, from 0; empty where a validation found it.</param>
    /// <param name="lastGoodCheckpoint">The newest checkpoint before it, or null.</param>
    public DivergenceException(string message, int epoch, long step, int batch, IReadOnlyList<int> examples, string? lastGoodCheckpoint)
        : base(message)
    {
        (Epoch, Step, Batch, Examples, LastGoodCheckpoint) = (epoch, step, batch, examples, lastGoodCheckpoint);
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The step, from 1, counted over all epochs.</summary>
    public long Step { get; }

    /// <summary>The batch in the epoch, from 1.</summary>
    public int Batch { get; }

    /// <summary>The batch's examples by their numbers in the training data, from 0; empty where a validation found it.</summary>
    public IReadOnlyList<int> Examples { get; }

    /// <summary>The newest checkpoint before it, or null. Its weights and moments are finite: no other is ever written.</summary>
    public string? LastGoodCheckpoint { get; }
}

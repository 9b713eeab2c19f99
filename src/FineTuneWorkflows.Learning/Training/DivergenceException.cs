namespace FineTuneWorkflows.Learning.Training;

/// <summary>The loss or the gradient became infinite or no number.</summary>
public sealed class DivergenceException : TrainingException
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">The message the user reads.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 1, counted over all epochs.</param>
    /// <param name="lastGoodCheckpoint">The newest checkpoint before it, or null.</param>
    public DivergenceException(string message, int epoch, long step, string? lastGoodCheckpoint)
        : base(message)
    {
        (Epoch, Step, LastGoodCheckpoint) = (epoch, step, lastGoodCheckpoint);
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The step, from 1, counted over all epochs.</summary>
    public long Step { get; }

    /// <summary>The newest checkpoint before it, or null.</summary>
    public string? LastGoodCheckpoint { get; }
}

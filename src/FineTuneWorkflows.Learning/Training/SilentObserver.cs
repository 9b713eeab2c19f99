namespace FineTuneWorkflows.Learning.Training;

/// <summary>Hears everything and does nothing.</summary>
internal sealed class SilentObserver : ITrainingObserver
{
    public static SilentObserver Instance { get; } = new();
}

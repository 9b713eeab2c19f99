namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

/// <summary>What goes wrong with a request.</summary>
internal enum Fault
{
    None,
    TooMany,
    InternalError,
    Unavailable,
    UnavailableAfterDoing,
    DroppedBeforeDoing,
    DroppedAfterDoing,
    HalfAnswer,
    Nonsense,
    Unauthorized,
}

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>What a user is told of an exception.</summary>
public static class FailureText
{
    private const int NoSpaceLeft = 28; // ENOSPC; Windows says so in words of its own.

    /// <summary>
    /// The message. Our own exceptions and the system's about files and networks speak for themselves; any other is a defect, and its type is named so that it can be reported.
    /// </summary>
    public static string Of(Exception exception) => exception switch
    {
        AggregateException { InnerException: { } inner } => Of(inner),
        System.Reflection.TargetInvocationException { InnerException: { } inner } => Of(inner),
        _ when DiskFull(exception) is { } e => $"the disk is full: {e.Message} Nothing is lost; make room or choose another home with --home, then run again.",
        IOException or UnauthorizedAccessException or HttpRequestException => exception.Message,
        _ when exception.GetType().Namespace?.StartsWith("FineTuneWorkflows.", StringComparison.Ordinal) == true => exception.Message,
        _ => $"{exception.GetType().Name}: {exception.Message}",
    };

    private static IOException? DiskFull(Exception? exception) => exception switch
    {
        null => null,
        IOException { HResult: NoSpaceLeft } e => e,
        _ => DiskFull(exception.InnerException),
    };
}

using System.Net;

namespace FineTuneWorkflows.Tracking.Mlflow;

/// <summary>The server refused a request, could not be reached, or answered what cannot be understood.</summary>
public sealed class MlflowException : TrackingException
{
    /// <summary>Makes the exception.</summary>
    public MlflowException(
        string message, string? errorCode = null, HttpStatusCode? status = null, bool isTransient = false, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorCode = errorCode;
        Status = status;
        IsTransient = isTransient;
    }

    /// <summary>MLflow's error code, such as <c>RESOURCE_DOES_NOT_EXIST</c>; null where the answer had none.</summary>
    public string? ErrorCode { get; }

    /// <summary>The status of the answer; null where there was none.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>True when the same request may succeed later: no connection, a time-out, 408, 429, 5xx, half an answer.</summary>
    public bool IsTransient { get; }

    /// <summary>True when the server may have carried the request out although it did not say so.</summary>
    public bool MayHaveHappened { get; init; }

    /// <summary>True when no server was found at the address at all.</summary>
    public bool Unreached { get; init; }

    /// <summary>How long the server asked to wait; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when what was asked for does not exist.</summary>
    public bool IsNotFound => ErrorCode == "RESOURCE_DOES_NOT_EXIST" || (ErrorCode is null && Status == HttpStatusCode.NotFound);

    /// <summary>True when what was to be made exists already.</summary>
    public bool IsAlreadyThere => ErrorCode == "RESOURCE_ALREADY_EXISTS";
}

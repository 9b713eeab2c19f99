using System.Net;
using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>Tells an event that the server will never take from a server that takes nothing at the moment.</summary>
internal static class Refusal
{
    /// <summary>
    /// True when MLflow itself refused what was sent. Not so for a passing fault, nor for missing credentials or a wrong address: those
    /// concern every event and are put right outside, so the events wait.
    /// </summary>
    internal static bool Is(MlflowException fault) =>
        !fault.IsTransient && fault.ErrorCode is not null && fault.ErrorCode is not ("PERMISSION_DENIED" or "UNAUTHENTICATED")
        && fault.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired);
}

using System.Net;

namespace FineTuneWorkflows.Foundation.Retries;

/// <summary>Answers that may be others when asked again.</summary>
public static class TransientStatus
{
    /// <summary>
    /// Whether a status is worth another try: a time-out, too early, too many requests, or a fault of the server or of a proxy before it. What the server does not know (501, 505) it will not know later.
    /// </summary>
    public static bool IsWorthRetrying(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or (HttpStatusCode)425 or HttpStatusCode.TooManyRequests
        || ((int)status >= 500 && status is not HttpStatusCode.NotImplemented and not HttpStatusCode.HttpVersionNotSupported);
}

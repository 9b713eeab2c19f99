using System.Globalization;

namespace FineTuneWorkflows.Server.Data;

/// <summary>Times as the server's tables keep them: ISO 8601 texts in UTC, which sort by age.</summary>
internal static class ServerTime
{
    public static string Text(this DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}

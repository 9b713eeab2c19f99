namespace FineTuneWorkflows.Tracking.Mlflow;

/// <summary>What the server takes at most. The client keeps to it, so that a refusal comes before the request and names what is too long.</summary>
public static class MlflowLimits
{
    /// <summary>Metrics in one <c>runs/log-batch</c>.</summary>
    public const int MetricsPerBatch = 1000;

    /// <summary>Parameters in one <c>runs/log-batch</c>.</summary>
    public const int ParametersPerBatch = 100;

    /// <summary>Tags in one <c>runs/log-batch</c>.</summary>
    public const int TagsPerBatch = 100;

    /// <summary>Metrics, parameters and tags together in one <c>runs/log-batch</c>.</summary>
    public const int EntitiesPerBatch = 1000;

    /// <summary>Bytes of one <c>runs/log-batch</c>.</summary>
    public const int BatchBytes = 1_000_000;

    /// <summary>Characters of the key of a metric, parameter or tag.</summary>
    public const int Key = 250;

    /// <summary>Characters of a parameter's value; the server cuts longer ones without a word.</summary>
    public const int ParameterValue = 6000;

    /// <summary>Characters of a tag's value; the server cuts longer ones without a word.</summary>
    public const int TagValue = 8000;

    /// <summary>Characters of an experiment's name.</summary>
    public const int ExperimentName = 500;

    /// <summary>Characters of a data set's name.</summary>
    public const int DatasetName = 500;

    /// <summary>Characters of a data set's digest.</summary>
    public const int DatasetDigest = 36;

    /// <summary>Characters of a data set's source.</summary>
    public const int DatasetSource = 65_535;

    /// <summary>Data sets in one <c>runs/log-inputs</c>.</summary>
    public const int DatasetsPerBatch = 1000;

    /// <summary>Refuses a key that the server would refuse.</summary>
    /// <param name="key">The key of a metric, parameter or tag.</param>
    /// <param name="what">What it is the key of, for the message.</param>
    /// <exception cref="TrackingException">The key is empty, too long, has other than letters, digits, <c>_ - . : /</c> and space, or reads as
    /// another path.</exception>
    public static void CheckKey(string key, string what)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length > Key) throw new TrackingException(
            $"The key of a {what} has {key.Length} characters ('{key[..40]}...'); the server takes {Key}.");
        if (KeyFault(key) is { } fault) throw new TrackingException($"'{key}' cannot be the key of a {what}: {fault}.");
    }

    internal static string? KeyFault(string key)
    {
        if (key.Length == 0) return "it is empty";
        foreach (var character in key)
            if (!IsAllowed(character)) return $"the character '{character}' is not among letters, digits, '_', '-', '.', ':', '/' and space";
        return key[0] == '/' || key.Split('/').Any(part => part is "" or "." or "..") || key.StartsWith("..", StringComparison.Ordinal)
            ? "its parts between '/' must not be empty, '.' or '..'"
            : null;
    }

    internal static bool IsAllowed(char character) => char.IsLetterOrDigit(character) || character is '_' or '-' or '.' or ':' or '/' or ' ';
}

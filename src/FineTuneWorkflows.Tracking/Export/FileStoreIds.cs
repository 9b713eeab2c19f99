using FineTuneWorkflows.Foundation.Digests;

namespace FineTuneWorkflows.Tracking.Export;

/// <summary>Ids as MLflow has them, made from ours: the same each time.</summary>
internal static class FileStoreIds
{
    internal static string Run(string runId) => runId.Length == 32 && runId.All(char.IsAsciiHexDigitLower) ? runId : Of(runId);

    internal static string Model(string runId, string digest) => $"m-{Of(runId, digest)}";

    /// <summary>32 hexadecimal digits.</summary>
    internal static string Of(params ReadOnlySpan<string> parts) =>
        ContentDigest.Of(string.Join('\n', parts!))[..32];
}

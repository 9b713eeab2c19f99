namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>A connection between two activities.</summary>
/// <param name="Source">The id of the one that comes first.</param>
/// <param name="Port">The port it leaves by.</param>
/// <param name="Target">The id of the one that follows.</param>
public sealed record ActivityConnection(string Source, string Port, string Target);

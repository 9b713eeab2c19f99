using FineTuneWorkflows.Stages.Tracking;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>What is to be delivered to a tracking server.</summary>
/// <param name="Timeout">How long it may take.</param>
/// <param name="To">The server's address; it gets all runs, those that another server has included. Null for the server that the environment names, which gets what it has yet to be told.</param>
/// <param name="Refused">What is done about events that the server would not take.</param>
public sealed record SyncRequest(TimeSpan Timeout, string? To = null, RefusedWish Refused = RefusedWish.Keep);

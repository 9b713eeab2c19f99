using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>A parameter whose files come from another machine.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Input">Where they come from.</param>
/// <param name="Pinned">What its name means in this run.</param>
/// <param name="Paths">The parameter's paths.</param>
internal sealed record PlannedRemote(string Parameter, IRemoteInput Input, string Pinned, IReadOnlyList<InputPath> Paths);

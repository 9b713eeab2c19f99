using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Events;

/// <summary>
/// Something that happened in a run and that its history keeps. The hierarchy is closed: what is derived here is all there is.
/// Times are kept to the millisecond.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RunStarted), "run-started")]
[JsonDerivedType(typeof(RunResumed), "run-resumed")]
[JsonDerivedType(typeof(ParametersLogged), "parameters")]
[JsonDerivedType(typeof(TagsSet), "tags")]
[JsonDerivedType(typeof(DatasetUsed), "dataset")]
[JsonDerivedType(typeof(ArtifactProduced), "artifact")]
[JsonDerivedType(typeof(ModelLogged), "model")]
[JsonDerivedType(typeof(ModelRegistered), "model-registered")]
[JsonDerivedType(typeof(ModelAliasMoved), "alias-moved")]
[JsonDerivedType(typeof(RunEnded), "run-ended")]
public abstract record TrackingEvent
{
    private protected TrackingEvent(string runId) => RunId = runId;

    /// <summary>The run's local id. Every event but <see cref="RunStarted"/> names a run that has started.</summary>
    public string RunId { get; }
}

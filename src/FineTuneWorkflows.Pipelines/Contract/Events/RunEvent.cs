using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Pipelines.Contract.Events;

/// <summary>Something that happened in a run. Those that are journaled are all that is known of the run afterwards.</summary>
/// <param name="Time">When, in UTC.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(RunStarted), "run-started")]
[JsonDerivedType(typeof(RunResumed), "run-resumed")]
[JsonDerivedType(typeof(RunFinished), "run-finished")]
[JsonDerivedType(typeof(RunTagged), "run-tagged")]
[JsonDerivedType(typeof(RunMeasured), "run-measured")]
[JsonDerivedType(typeof(RunFileKept), "run-file")]
[JsonDerivedType(typeof(StageStarted), "stage-started")]
[JsonDerivedType(typeof(StageAttemptFailed), "stage-attempt-failed")]
[JsonDerivedType(typeof(StageNoted), "stage-noted")]
[JsonDerivedType(typeof(StageTraced), "stage-traced")]
[JsonDerivedType(typeof(StageFinished), "stage-finished")]
[JsonDerivedType(typeof(MetricsLogged), "metrics")]
[JsonDerivedType(typeof(TagSet), "tag")]
[JsonDerivedType(typeof(DatasetUsed), "dataset")]
[JsonDerivedType(typeof(ObserverFailed), "observer-failed")]
public abstract record RunEvent(DateTimeOffset Time);

/// <summary>The run began.</summary>
/// <param name="Time">When.</param>
/// <param name="RunId">The run.</param>
/// <param name="Pipeline">The definition's id.</param>
/// <param name="Name">What the run is called: the definition's name where its user gave it none.</param>
/// <param name="Definition">The definition's file, or null.</param>
/// <param name="Properties">The properties' values, as texts.</param>
/// <param name="Engine">The engine's version.</param>
/// <param name="Parent">The run it is a part of, such as the sweep that a trial belongs to; null for none.</param>
/// <param name="Given">What was given for parameters of stages by their own names, as texts, by <c>Stage.Parameter</c>; null for nothing.</param>
/// <param name="Tracking">Where the run belongs on a tracking server, as it was decided when it began: <c>experiment</c>, <c>experimentId</c>, <c>runId</c>. Null where nothing was.</param>
public sealed record RunStarted(
    DateTimeOffset Time, string RunId, string Pipeline, string Name, string? Definition, IReadOnlyDictionary<string, string> Properties, string Engine, string? Parent = null,
    IReadOnlyDictionary<string, string>? Given = null, IReadOnlyDictionary<string, string>? Tracking = null) : RunEvent(Time);

/// <summary>A run that had been interrupted or had failed goes on, in another process.</summary>
/// <param name="Time">When.</param>
/// <param name="RunId">The run.</param>
public sealed record RunResumed(DateTimeOffset Time, string RunId) : RunEvent(Time);

/// <summary>The run ended.</summary>
/// <param name="Time">When.</param>
/// <param name="RunId">The run.</param>
/// <param name="Status">How.</param>
public sealed record RunFinished(DateTimeOffset Time, string RunId, RunStatus Status) : RunEvent(Time);

/// <summary>Something short became known of the run as a whole, such as the commit it runs from.</summary>
/// <param name="Time">When.</param>
/// <param name="Tags">Names and values; the last value of a name counts.</param>
public sealed record RunTagged(DateTimeOffset Time, IReadOnlyDictionary<string, string> Tags) : RunEvent(Time)
{
    /// <summary>The tag that holds a name which a run got after it had begun, as MLflow has it.</summary>
    public const string NameTag = "mlflow.runName";
}

/// <summary>Something was measured of the run as a whole, such as how busy the machine is.</summary>
/// <param name="Time">When.</param>
/// <param name="Step">The step of the values.</param>
/// <param name="Values">The values by key.</param>
public sealed record RunMeasured(DateTimeOffset Time, long Step, IReadOnlyDictionary<string, double> Values) : RunEvent(Time);

/// <summary>A file was put into the run's folder that belongs to its history, such as the definition it ran.</summary>
/// <param name="Time">When.</param>
/// <param name="Path">The file, relative to the run's folder, with <c>/</c>.</param>
public sealed record RunFileKept(DateTimeOffset Time, string Path) : RunEvent(Time);

/// <summary>A stage is executed: it was not up to date.</summary>
/// <param name="Time">When.</param>
/// <param name="StageId">Its name in the definition.</param>
/// <param name="Type">Its activity type.</param>
/// <param name="Fingerprint">Its fingerprint.</param>
/// <param name="Reason">Why it runs.</param>
/// <param name="Parameters">All its parameters, as texts; secrets as their references.</param>
public sealed record StageStarted(
    DateTimeOffset Time, string StageId, string Type, string Fingerprint, string Reason, IReadOnlyDictionary<string, string> Parameters) : RunEvent(Time);

/// <summary>An attempt failed and will be repeated.</summary>
/// <param name="Time">When.</param>
/// <param name="StageId">Its name in the definition.</param>
/// <param name="Attempt">The attempt's number, from 1.</param>
/// <param name="Message">Why.</param>
/// <param name="Delay">The wait before the next.</param>
public sealed record StageAttemptFailed(DateTimeOffset Time, string StageId, int Attempt, string Message, TimeSpan Delay) : RunEvent(Time);

/// <summary>A stage tells its user something.</summary>
/// <param name="Time">When.</param>
/// <param name="StageId">Its name in the definition.</param>
/// <param name="Message">What.</param>
public sealed record StageNoted(DateTimeOffset Time, string StageId, string Message) : RunEvent(Time);

/// <summary>A stage tells something for diagnosis.</summary>
/// <param name="Time">When.</param>
/// <param name="StageId">Its name in the definition.</param>
/// <param name="Message">What.</param>
public sealed record StageTraced(DateTimeOffset Time, string StageId, string Message) : RunEvent(Time);

/// <summary>How far a stage is. Live only, never journaled.</summary>
/// <param name="Time">When.</param>
/// <param name="StageId">Its name in the definition.</param>
/// <param name="Progress">How far.</param>
public sealed record StageProgressed(DateTimeOffset Time, string StageId, Progress Progress) : RunEvent(Time);

/// <summary>A stage is done with, whether it was executed or not.</summary>
/// <param name="Time">When.</param>
/// <param name="StageId">Its name in the definition.</param>
/// <param name="Type">Its activity type.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="Reason">Why so, in words.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Fingerprint">Its fingerprint, or null where it did not come so far.</param>
/// <param name="Artifacts">Digests of what it made or had made, by name.</param>
/// <param name="Metrics">The last value of each of its metrics.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="MadeByRun">The run that executed it: this one, or for an up-to-date stage an earlier one.</param>
/// <param name="Error">The exception's full text, for diagnosis, where it failed.</param>
public sealed record StageFinished(
    DateTimeOffset Time,
    string StageId,
    string Type,
    StageOutcome Outcome,
    string Reason,
    double Seconds,
    string? Fingerprint,
    IReadOnlyDictionary<string, string> Artifacts,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, string> Tags,
    string? MadeByRun,
    string? Error = null) : RunEvent(Time);

/// <summary>Values of metrics at one step.</summary>
/// <param name="Time">When.</param>
/// <param name="StageId">The stage that logged them.</param>
/// <param name="Step">The training step or 0.</param>
/// <param name="Values">The values by key.</param>
public sealed record MetricsLogged(DateTimeOffset Time, string StageId, long Step, IReadOnlyDictionary<string, double> Values) : RunEvent(Time);

/// <summary>A stage set a tag.</summary>
/// <param name="Time">When.</param>
/// <param name="StageId">Its name in the definition.</param>
/// <param name="Key">The tag's name.</param>
/// <param name="Value">Its value.</param>
public sealed record TagSet(DateTimeOffset Time, string StageId, string Key, string Value) : RunEvent(Time);

/// <summary>A stage used a data set.</summary>
/// <param name="Time">When.</param>
/// <param name="StageId">Its name in the definition.</param>
/// <param name="Name">The data set's name.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Context">training, validation or testing.</param>
/// <param name="Location">The whole path or address of what it came from, where it can be read again; null where it cannot.</param>
/// <param name="Rows">How many examples it has; null where that is not known.</param>
/// <param name="Columns">The types of its columns by name; null where they are not known.</param>
public sealed record DatasetUsed(
    DateTimeOffset Time, string StageId, string Name, string Digest, string Source, string Context, string? Location = null, long? Rows = null,
    IReadOnlyDictionary<string, string>? Columns = null) : RunEvent(Time);

/// <summary>An observer threw and is told no more.</summary>
/// <param name="Time">When.</param>
/// <param name="Observer">Its type.</param>
/// <param name="Error">What it threw.</param>
public sealed record ObserverFailed(DateTimeOffset Time, string Observer, string Error) : RunEvent(Time);

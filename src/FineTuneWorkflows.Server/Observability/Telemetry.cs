using System.Diagnostics;
using System.Diagnostics.Metrics;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Server.Jobs;

namespace FineTuneWorkflows.Server.Observability;

/// <summary>Traces and metrics: a span per stage, counts and durations.</summary>
internal static class Telemetry
{
    /// <summary>The name of the activity source and the meter.</summary>
    public const string Name = "FineTuneWorkflows";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Stages = Meter.CreateCounter<long>("finetune.stages", description: "Stages done with, by type and outcome.");
    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("finetune.stage.duration", "s", "How long stages took.");

    public static Activity? StartStage(StageJobRequest request)
    {
        var activity = Source.StartActivity($"stage {request.Stage}", ActivityKind.Consumer);
        activity?.SetTag("finetune.workflow", request.DefinitionId);
        activity?.SetTag("finetune.instance", request.InstanceId);
        activity?.SetTag("finetune.run", request.RunId);
        activity?.SetTag("finetune.stage", request.Stage);
        activity?.SetTag("finetune.stage.type", request.StageType);
        return activity;
    }

    public static void Finished(Activity? activity, StageJobRequest request, StageResult result)
    {
        activity?.SetTag("finetune.outcome", result.Outcome.Name());
        activity?.SetTag("finetune.fingerprint", result.Fingerprint);
        activity?.SetStatus(result.Outcome == StageOutcome.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Ok, result.Outcome == StageOutcome.Failed ? result.Reason : null);
        var tags = new TagList { { "type", request.StageType }, { "outcome", result.Outcome.Name() } };
        Stages.Add(1, tags);
        Seconds.Record(result.Seconds, tags);
    }
}

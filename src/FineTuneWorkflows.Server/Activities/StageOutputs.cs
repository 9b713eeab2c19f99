using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Server.Jobs;

namespace FineTuneWorkflows.Server.Activities;

/// <summary>What a stage activity offers to the activities after it, and shows in the designer.</summary>
internal static class StageOutputs
{
    private const string Outcome = "Outcome";
    private const string Reason = "Reason";
    private const string Metrics = "Metrics";
    private const string Artifacts = "Artifacts";

    public static IReadOnlyList<OutputDescriptor> Descriptors { get; } =
    [
        Of(Outcome, typeof(string), "executed, up-to-date, failed or skipped."),
        Of(Reason, typeof(string), "Why so, in words."),
        Of(Metrics, typeof(IDictionary<string, double>), "The last value of each metric."),
        Of(Artifacts, typeof(IDictionary<string, string>), "The SHA-256 of each artifact that it made."),
    ];

    public static void Set(ActivityExecutionContext context, StageJobResult result)
    {
        Set(context, Outcome, result.Outcome.Name());
        Set(context, Reason, result.Reason);
        Set(context, Metrics, result.Metrics);
        Set(context, Artifacts, result.Artifacts);
    }

    private static void Set(ActivityExecutionContext context, string name, object value)
    {
        if (context.Activity.SyntheticProperties.GetValueOrDefault(name) is Output output)
            context.Set(output, value, name);
        else
            context.WorkflowExecutionContext.GetActivityOutputRegister().Record(context, name, value);
    }

    private static OutputDescriptor Of(string name, Type type, string description) => new()
    {
        Name = name,
        DisplayName = name,
        Description = description,
        Type = type,
        IsSynthetic = true,
        IsBrowsable = true,
        IsSerializable = true,
        ValueGetter = activity => activity.SyntheticProperties.GetValueOrDefault(name),
        ValueSetter = (activity, value) => activity.SyntheticProperties[name] = value!,
    };
}

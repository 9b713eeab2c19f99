namespace FineTuneWorkflows.Tracking.Models;

/// <summary>What MLflow wants to know of a task: the class of its pipeline, and what comes out of it.</summary>
internal sealed record TransformersTask(string PipelineClass, string Outputs)
{
    internal const string Inputs = """[{"type": "string", "required": true}]""";

    private const string Text = """[{"type": "string", "required": true}]""";

    private const string Classes =
        """[{"type": "string", "name": "label", "required": true}, {"type": "double", "name": "score", "required": true}]""";

    private static readonly SortedDictionary<string, TransformersTask> Known = new(StringComparer.Ordinal)
    {
        ["fill-mask"] = new("FillMaskPipeline", Text),
        ["text-classification"] = new("TextClassificationPipeline", Classes),
        ["text-generation"] = new("TextGenerationPipeline", Text),
        ["token-classification"] = new("TokenClassificationPipeline", Text),
    };

    internal static TransformersTask Find(string task) => Known.TryGetValue(task, out var found)
        ? found
        : throw new TrackingException($"'{task}' is no task that can be served from an MLmodel; those known are {string.Join(", ", Known.Keys)}.");
}

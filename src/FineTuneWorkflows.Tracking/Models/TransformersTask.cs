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

    private static readonly (string Ending, string Task)[] TasksOfClasses =
    [
        ("ForSequenceClassification", "text-classification"), ("ForTokenClassification", "token-classification"), ("ForMaskedLM", "fill-mask"),
        ("ForPreTraining", "fill-mask"), ("ForCausalLM", "text-generation"), ("LMHeadModel", "text-generation"),
    ];

    /// <summary>The task of a class of transformers, such as <c>fill-mask</c> of <c>BertForMaskedLM</c>.</summary>
    /// <exception cref="TrackingException">It has no head of a task that can be served.</exception>
    internal static string OfClass(string modelClass) => TasksOfClasses.FirstOrDefault(c => modelClass.EndsWith(c.Ending, StringComparison.Ordinal)).Task
        ?? throw new TrackingException(
            $"The class {modelClass} has no task that can be served from an MLmodel; those that have end with {string.Join(", ", TasksOfClasses.Select(c => c.Ending))}.");

    internal static TransformersTask Find(string task) => Known.TryGetValue(task, out var found)
        ? found
        : throw new TrackingException($"'{task}' is no task that can be served from an MLmodel; those known are {string.Join(", ", Known.Keys)}.");
}

namespace FineTuneWorkflows.Tracking.Models;

/// <summary>What MLflow wants to know of a task: the class of its pipeline, and what comes out of it.</summary>
internal sealed record TransformersTask(string PipelineClass, string Outputs)
{
    internal const string Inputs = """[{"type": "string", "required": true}]""";

    private const string Text = """[{"type": "string", "required": true}]""";

    internal const string PairInputs = """[{"type": "string", "name": "text", "required": true}, {"type": "string", "name": "text_pair", "required": true}]""";

    /// <summary>The answers of a multi-label classifier.</summary>
    internal const string SeveralClasses =
        """[{"type": "array", "items": {"type": "string"}, "name": "labels", "required": true}, {"type": "map", "values": {"type": "double"}, "name": "probabilities", "required": true}]""";

    /// <summary>What a classifier may be asked with: whether probabilities are at the temperature that the training fitted.</summary>
    internal const string Parameters = """[{"name": "calibrated", "default": true, "shape": null, "type": "boolean"}]""";

    private const string Classes =
        """[{"type": "string", "name": "label", "required": true}, {"type": "double", "name": "score", "required": true}, {"type": "map", "values": {"type": "double"}, "name": "probabilities", "required": true}]""";

    private const string Entities =
        """[{"type": "array", "items": {"type": "object", "properties": {"end": {"type": "long", "required": true}, "label": {"type": "string", "required": true}, "score": {"type": "double", "required": true}, "start": {"type": "long", "required": true}, "text": {"type": "string", "required": true}}}, "name": "entities", "required": true}]""";

    private static readonly SortedDictionary<string, TransformersTask> Known = new(StringComparer.Ordinal)
    {
        ["fill-mask"] = new("FillMaskPipeline", Text),
        ["text-classification"] = new("TextClassificationPipeline", Classes),
        ["text-generation"] = new("TextGenerationPipeline", Text),
        ["token-classification"] = new("TokenClassificationPipeline", Entities),
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

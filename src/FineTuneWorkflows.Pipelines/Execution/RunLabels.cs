using FineTuneWorkflows.Pipelines.Contract.Events;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>What a user calls a run, and says of it.</summary>
public sealed record RunLabels
{
    /// <summary>The tag of a run that holds its description, as MLflow has it.</summary>
    public const string DescriptionTag = "mlflow.note.content";

    /// <summary>None.</summary>
    public static RunLabels None { get; } = new();

    /// <summary>What the run is called. Default: the definition's name.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for, in words. Default: nothing.</summary>
    public string? Description { get; init; }

    /// <summary>Names and values to find it by. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>What the journal keeps of them; null where that is nothing. A run that is resumed is called otherwise from then on.</summary>
    internal RunTagged? Event(DateTimeOffset time, bool resumed)
    {
        if (Tags.Count == 0 && Description is null && (Name is null || !resumed))
            return null;
        var tags = new Dictionary<string, string>(Tags, StringComparer.Ordinal);
        if (Description is not null)
            tags[DescriptionTag] = Description;
        if (Name is not null && resumed)
            tags[RunTagged.NameTag] = Name;
        return new(time, tags);
    }
}

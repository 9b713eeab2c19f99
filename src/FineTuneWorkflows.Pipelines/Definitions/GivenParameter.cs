namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>A value that a user gave for one parameter of one stage: <c>-p Fetch.TextColumn=review</c>. It counts more than what the definition sets.</summary>
/// <param name="Stage">The stage as it was written: its name in the definition, or its type with or without <c>FineTune.</c>.</param>
/// <param name="Parameter">The parameter as it was written, whatever its case.</param>
/// <param name="Value">The value: a text from a command line, or JSON.</param>
/// <param name="Folder">What it counts from where it is a relative path.</param>
public sealed record GivenParameter(string Stage, string Parameter, object? Value, string Folder)
{
    /// <summary>Both names as they were written.</summary>
    public string Name => $"{Stage}.{Parameter}";
}

namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>An activity of a definition.</summary>
/// <param name="Id">Its id, unique in the definition.</param>
/// <param name="Name">What messages call it: its name where it has one that is unique, else its id.</param>
/// <param name="Type">Its activity type.</param>
/// <param name="Settings">The parameters it sets, by the name written in the file.</param>
public sealed record ActivityDefinition(string Id, string Name, string Type, IReadOnlyDictionary<string, SettingExpression> Settings);

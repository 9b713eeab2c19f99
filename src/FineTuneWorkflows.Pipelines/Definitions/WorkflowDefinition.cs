namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>A workflow definition as read from its file, before its stages are looked at.</summary>
/// <param name="Id">The definition's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="File">The file it was read from, as the user named it; or what stands for it.</param>
/// <param name="Folder">What relative paths in it count from.</param>
/// <param name="Properties">Its inputs and variables.</param>
/// <param name="Activities">Its activities, in the order of the file.</param>
/// <param name="Connections">The connections between them.</param>
public sealed record WorkflowDefinition(
    string Id,
    string Name,
    string File,
    string Folder,
    IReadOnlyList<PropertyDeclaration> Properties,
    IReadOnlyList<ActivityDefinition> Activities,
    IReadOnlyList<ActivityConnection> Connections);

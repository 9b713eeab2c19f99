namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>The value of what is not there: empty when written, false, and an error when it is looked into.</summary>
/// <param name="Name">What is not there.</param>
internal sealed record TemplateUndefined(string Name);

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>A template cannot be read, or cannot write what it was given; the message says why, without the file's name, which who asked for it knows.</summary>
internal sealed class TemplateException(string problem) : Exception(problem);

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>A template cannot be read, or cannot write what it was given; the message says why, without the file's name, which who asked for it knows.</summary>
internal sealed class TemplateException(string problem) : Exception(problem)
{
    /// <summary>Whether the template asks for more than any may, see <see cref="TemplateBudget"/>, so that it is to blame and not what it was given.</summary>
    public bool IsExhausted { get; init; }
}

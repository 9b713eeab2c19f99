namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>What a part of a template's source is.</summary>
internal enum TemplatePartKind
{
    /// <summary>Text that is written as it stands.</summary>
    Text,

    /// <summary><c>{{ ... }}</c></summary>
    Output,

    /// <summary><c>{% ... %}</c></summary>
    Statement,
}

/// <summary>A part of a template's source: a text, or what stands between a tag's marks.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Source">Its text.</param>
/// <param name="Line">The line on which it begins, counted from 1.</param>
internal readonly record struct TemplatePart(TemplatePartKind Kind, string Source, int Line);

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>What a token of an expression is.</summary>
internal enum TemplateTokenKind
{
    /// <summary>A name or a word of the language.</summary>
    Name,

    /// <summary>A text in quotes.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a fraction.</summary>
    Number,

    /// <summary>An operator or a bracket.</summary>
    Sign,

    /// <summary>Nothing more comes.</summary>
    End,
}

/// <summary>A token of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The name, the sign, or what a text or a number stands for.</param>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text)
{
    public bool Is(string sign) => Kind == TemplateTokenKind.Sign && Text == sign;

    public bool IsName(string name) => Kind == TemplateTokenKind.Name && Text == name;
}

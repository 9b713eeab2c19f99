using System.Text;

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>What a template has written so far.</summary>
internal sealed class TemplateOutput(TemplateBudget budget)
{
    private readonly StringBuilder _text = new();

    public void Write(string text)
    {
        budget.Characters(text.Length);
        _text.Append(text);
    }

    public override string ToString() => _text.ToString();
}

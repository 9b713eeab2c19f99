using System.Text;

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>What a template has written so far.</summary>
internal sealed class TemplateOutput
{
    // A few hundred megabytes: no conversation is as long, and a template may come from anywhere.
    private const int Longest = 1 << 27;

    private readonly StringBuilder _text = new();

    public void Write(string text)
    {
        if (_text.Length + (long)text.Length > Longest) throw new TemplateException($"it writes more than {Longest} characters");
        _text.Append(text);
    }

    public override string ToString() => _text.ToString();
}

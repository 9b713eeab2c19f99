namespace FineTuneWorkflows.Text.Files;

/// <summary>What is wrong with a line or a row, and which options would help.</summary>
/// <param name="Text">What is wrong, without file and line.</param>
/// <param name="Advice">Options that would help; none where nobody knows any.</param>
internal sealed record LineProblem(string Text, params IReadOnlyList<OptionAdvice> Advice)
{
    /// <summary>The problem with its advice.</summary>
    public override string ToString() => Advice.Count == 0 ? Text : $"{Text}; {OptionAdvice.Text(Advice)}";
}

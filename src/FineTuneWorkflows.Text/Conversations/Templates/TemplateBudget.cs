using System.Globalization;

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>
/// What one rendering of a template may do, all its loops, macros and texts together: a template may come from anywhere. Steps are expressions, statements and elements of lists;
/// characters are those that are made or looked through, in between and in the end. Both grow with what the template is given, so that no conversation is too long.
/// </summary>
/// <param name="given">The characters of what the template is given.</param>
internal sealed class TemplateBudget(long given)
{
    private const long LeastSteps = 500_000, MostSteps = 20_000_000, LeastCharacters = 1 << 22, MostCharacters = 1 << 28;

    private readonly long _steps = Math.Min(LeastSteps + (16 * given), MostSteps);
    private readonly long _characters = Math.Min(LeastCharacters + (256 * given), MostCharacters);
    private long _stepsTaken;
    private long _charactersTaken;

    /// <summary>The line of the template that is at work, counted from 1; 0 where none is.</summary>
    public int Line { get; set; }

    /// <summary>Takes steps.</summary>
    /// <exception cref="TemplateException">They are more than are left.</exception>
    public void Steps(long count)
    {
        if (count > _steps - _stepsTaken) throw Exhausted($"takes more than {Number(_steps)} steps");
        _stepsTaken += count;
    }

    /// <summary>Takes characters, before they are made.</summary>
    /// <exception cref="TemplateException">They are more than are left.</exception>
    public void Characters(long count)
    {
        if (count > _characters - _charactersTaken) throw Exhausted($"makes more than {Number(_characters)} characters");
        _charactersTaken += count;
    }

    /// <summary>Takes the characters of a text this many times.</summary>
    public void Characters(string text, long times)
    {
        if (times > 0 && text.Length > 0) Characters(times > _characters / text.Length ? _characters + 1 : text.Length * times);
    }

    /// <summary>The exception for a value in which lists or dictionaries lie in each other deeper than the stack is.</summary>
    public TemplateException TooDeep() => Exhausted("nests values too deep");

    private TemplateException Exhausted(string what) => new($"{what} on line {Line}, which no conversation needs") { IsExhausted = true };

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

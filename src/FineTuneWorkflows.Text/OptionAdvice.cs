namespace FineTuneWorkflows.Text;

/// <summary>An option that would help where data cannot be read.</summary>
/// <param name="Option">The option's name, as <c>FetchData</c> has it, such as <c>Encoding</c>.</param>
/// <param name="Value">The value to give it.</param>
/// <param name="When">What must be so for it to be right, such as <c>quotes are part of the texts</c>; null where nothing is to be decided.</param>
public sealed record OptionAdvice(string Option, string Value, string? When = null)
{
    /// <summary>The advice as it is shown: <c>set Quoting=None if quotes are part of the texts</c>.</summary>
    /// <param name="advice">What would help, one or the other.</param>
    /// <param name="write">How an option and its value are typed. Default null: <c>Option=Value</c>.</param>
    public static string Text(IReadOnlyList<OptionAdvice> advice, Func<OptionAdvice, string>? write = null)
    {
        ArgumentNullException.ThrowIfNull(advice);
        return "set " + string.Join(", or ", advice.Select(a => (write?.Invoke(a) ?? $"{a.Option}={a.Value}") + (a.When is null ? "" : $" if {a.When}")));
    }
}

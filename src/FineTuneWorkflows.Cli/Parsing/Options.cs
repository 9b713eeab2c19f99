using System.CommandLine;
using System.Globalization;

namespace FineTuneWorkflows.Cli.Parsing;

/// <summary>
/// Options that several commands have, and kinds of options whose errors are worth reading. All hold texts: for any other type the parser's generic code would be compiled anew in every
/// process.
/// </summary>
internal static class Options
{
    private static readonly string[] Verbosities = ["quiet", "minimal", "normal", "detailed", "diagnostic"];
    private static readonly string[] ShortVerbosities = ["q", "m", "n", "d", "diag"];

    public static Option<string?> Home() => new("--home")
    {
        Description = "The folder with all state. Default: $FINETUNE_HOME, else .finetune in the current folder.",
        HelpName = "DIR",
    };

    public static Option<string?> Json(string description) => Flag("--json", description);

    /// <summary>An option that is given or not.</summary>
    public static Option<string?> Flag(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>Whether an option is given.</summary>
    public static bool Has(this ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    public static Option<string?> Verbosity()
    {
        var option = new Option<string?>("--verbosity", "-v")
        {
            Description = $"How much to say: {string.Join(", ", Verbosities)}. Default: normal.",
            HelpName = "LEVEL",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [.., var token] && VerbosityOf(token.Value) is null)
                result.AddError($"--verbosity must be quiet, minimal, normal, detailed or diagnostic, got '{token.Value}'");
        });
        return option;
    }

    /// <summary>The verbosity of that name or of its beginning as MSBuild has them (<c>q</c>, <c>diag</c>), or null.</summary>
    public static Verbosity? VerbosityOf(string? text)
    {
        if (text is null)
            return Parsing.Verbosity.Normal;
        for (var i = 0; i < Verbosities.Length; i++)
            if (text.Equals(Verbosities[i], StringComparison.OrdinalIgnoreCase) || text.Equals(ShortVerbosities[i], StringComparison.OrdinalIgnoreCase))
                return (Verbosity)i;
        return null;
    }

    /// <summary>An option that takes one of some words, whatever their case.</summary>
    public static Option<string?> Choice(string name, string description, IReadOnlyList<string> choices)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', choices) };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [.., var token] && !choices.Contains(token.Value, StringComparer.OrdinalIgnoreCase))
                result.AddError($"{name} must be {string.Join(" or ", choices)}, got '{token.Value}'");
        });
        return option;
    }

    /// <summary>An option that takes a whole number in a range.</summary>
    public static Option<string?> WholeNumber(string name, string[] aliases, string description, string helpName, int minimum, int maximum)
    {
        var option = new Option<string?>(name, aliases) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [.., var token] && (Number(token.Value) is not { } value || value < minimum || value > maximum))
                result.AddError($"{name} wants a whole number {(maximum == int.MaxValue ? $"of at least {minimum}" : $"from {minimum} to {maximum}")}, got '{token.Value}'");
        });
        return option;
    }

    /// <summary>The value of such an option.</summary>
    public static int NumberOf(this ParseResult parsed, Option<string?> option, int byDefault) => Number(parsed.GetValue(option)) ?? byDefault;

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
}

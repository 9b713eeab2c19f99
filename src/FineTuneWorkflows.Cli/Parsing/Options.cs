using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace FineTuneWorkflows.Cli.Parsing;

/// <summary>Options that several commands have, and option types whose errors are worth reading.</summary>
internal static class Options
{
    private static readonly (string Name, string Short, Verbosity Value)[] Verbosities =
    [
        ("quiet", "q", Parsing.Verbosity.Quiet), ("minimal", "m", Parsing.Verbosity.Minimal), ("normal", "n", Parsing.Verbosity.Normal),
        ("detailed", "d", Parsing.Verbosity.Detailed), ("diagnostic", "diag", Parsing.Verbosity.Diagnostic),
    ];

    public static Option<string?> Home() => new("--home")
    {
        Description = "The folder with all state. Default: $FINETUNE_HOME, else .finetune in the current folder.",
        HelpName = "DIR",
    };

    public static Option<bool> Json(string description) => new("--json") { Description = description };

    public static Option<Verbosity> Verbosity() => new("--verbosity", "-v")
    {
        Description = "How much to say: quiet, minimal, normal, detailed or diagnostic.",
        HelpName = "LEVEL",
        DefaultValueFactory = _ => Parsing.Verbosity.Normal,
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            foreach (var (name, shortName, value) in Verbosities)
                if (text.Equals(name, StringComparison.OrdinalIgnoreCase) || text.Equals(shortName, StringComparison.OrdinalIgnoreCase))
                    return value;
            result.AddError($"--verbosity must be quiet, minimal, normal, detailed or diagnostic, got '{text}'");
            return default;
        },
    };

    /// <summary>An option that takes a whole number in a range.</summary>
    public static Option<int> WholeNumber(string name, string[] aliases, string description, string helpName, int minimum, int maximum, int byDefault) => new(name, aliases)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => Parse(result, name, minimum, maximum),
    };

    private static int Parse(ArgumentResult result, string name, int minimum, int maximum)
    {
        var text = result.Tokens[^1].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum)
            return value;
        result.AddError($"{name} wants a whole number {(maximum == int.MaxValue ? $"of at least {minimum}" : $"from {minimum} to {maximum}")}, got '{text}'");
        return default;
    }
}

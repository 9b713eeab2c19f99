using System.Globalization;
using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>
/// The condition under which an alias moves to a new version: <c>METRIC OP BOUND</c>, several joined by <c>and</c>. OP is one of
/// <c>&gt;= &gt; &lt;= &lt;</c>; BOUND is a number or <c>champion</c>, that metric of the version the alias points to now. Examples:
/// <c>test/accuracy &gt;= 0.8</c>, <c>test/accuracy &gt;= champion and test/loss &lt; 0.5</c>.
/// While there is no champion, a comparison with it holds. A metric that is missing or NaN passes no gate.
/// </summary>
public sealed partial class ModelGate
{
    internal const string Champion = "champion";

    private ModelGate(IReadOnlyList<GateCondition> conditions) => Conditions = conditions;

    /// <summary>The conditions, all of which must hold; at least one.</summary>
    public IReadOnlyList<GateCondition> Conditions { get; }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="TrackingException">It is no gate; the message shows the part that is wrong and what would be right.</exception>
    public static ModelGate Parse(string expression)
    {
        if (string.IsNullOrWhiteSpace(expression)) throw new TrackingException($"A gate must not be empty. {Advice}");
        return new ModelGate(And().Split(expression).Select(part => ParseCondition(part.Trim(), expression)).ToList());
    }

    /// <summary>Judges a version.</summary>
    /// <param name="candidate">The version that the alias would move to.</param>
    /// <param name="champion">The version that the alias points to now; null for none.</param>
    /// <param name="server">The server on which it does; null for here.</param>
    public GateResult Evaluate(ModelVersion candidate, ModelVersion? champion, string? server = null)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var results = Conditions.Select(condition => condition.Evaluate(candidate, champion, server)).ToList();
        return new GateResult(results.TrueForAll(result => result.Holds), results);
    }

    /// <summary>The expression, with single spaces.</summary>
    public override string ToString() => string.Join(" and ", Conditions);

    private const string Advice = "Write for instance: test/accuracy >= 0.8 and test/f1_macro > champion.";

    private static GateCondition ParseCondition(string part, string expression)
    {
        var match = Condition().Match(part);
        if (!match.Success)
            throw new TrackingException($"The gate '{expression}' cannot be read at '{part}': that is no METRIC OP BOUND with OP one of >= > <= <. {Advice}");
        var comparison = match.Groups["op"].ValueSpan switch
        {
            ">=" => GateComparison.AtLeast,
            ">" => GateComparison.GreaterThan,
            "<=" => GateComparison.AtMost,
            _ => GateComparison.LessThan,
        };
        var metric = match.Groups["metric"].Value;
        var bound = match.Groups["bound"].ValueSpan;
        if (bound is Champion) return new GateCondition(metric, comparison, null);
        if (double.TryParse(bound, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return new GateCondition(metric, comparison, number);
        throw new TrackingException(
            $"The gate '{expression}' cannot be read at '{part}': '{bound}' is neither a number such as 0.8 nor 'champion'. {Advice}");
    }

    [GeneratedRegex(@"\s+and\s+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex And();

    // A metric's characters are those MLflow allows, without spaces at its ends.
    [GeneratedRegex(@"\A(?<metric>[\w/.\-:]+(?: +[\w/.\-:]+)*)\s*(?<op>>=|<=|>|<)\s*(?<bound>\S+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Condition();
}

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
        // Every run checks its gates; the regular expression engine is loaded only for one that is not plain.
        string[] parts = expression.Contains("and", StringComparison.OrdinalIgnoreCase) ? And().Split(expression) : [expression];
        return new ModelGate(parts.Select(part => ParseCondition(part.Trim(), expression)).ToList());
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
        var (metric, operation, boundText) = Plain(part) ?? Matched(part)
            ?? throw new TrackingException($"The gate '{expression}' cannot be read at '{part}': that is no METRIC OP BOUND with OP one of >= > <= <. {Advice}");
        var comparison = operation switch
        {
            ">=" => GateComparison.AtLeast,
            ">" => GateComparison.GreaterThan,
            "<=" => GateComparison.AtMost,
            _ => GateComparison.LessThan,
        };
        var bound = boundText.AsSpan();
        if (bound is Champion) return new GateCondition(metric, comparison, null);
        if (double.TryParse(bound, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return new GateCondition(metric, comparison, number);
        throw new TrackingException(
            $"The gate '{expression}' cannot be read at '{part}': '{bound}' is neither a number such as 0.8 nor 'champion'. {Advice}");
    }

    private static (string Metric, string Operation, string Bound)? Plain(string part)
    {
        var at = part.AsSpan().IndexOfAny('<', '>');
        if (at <= 0) return null;
        var length = at + 1 < part.Length && part[at + 1] == '=' ? 2 : 1;
        var (metric, bound) = (part[..at].TrimEnd(), part[(at + length)..].TrimStart());
        return metric.Length > 0 && bound.Length > 0 && metric.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '/' or '.' or '-' or ':' or ' ') && !bound.Any(char.IsWhiteSpace)
            ? (metric, part.Substring(at, length), bound)
            : null;
    }

    private static (string Metric, string Operation, string Bound)? Matched(string part)
    {
        var match = Condition().Match(part);
        return match.Success ? (match.Groups["metric"].Value, match.Groups["op"].Value, match.Groups["bound"].Value) : null;
    }

    [GeneratedRegex(@"\s+and\s+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex And();

    // A metric's characters are those MLflow allows, without spaces at its ends.
    [GeneratedRegex(@"\A(?<metric>[\w/.\-:]+(?: +[\w/.\-:]+)*)\s*(?<op>>=|<=|>|<)\s*(?<bound>\S+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Condition();
}

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>
/// What Jinja says of values. They are null (none), <see cref="TemplateUndefined"/>, bool, long, double, string, lists, <see cref="TemplateMap"/> and <see cref="TemplateFunction"/>.
/// </summary>
internal static class TemplateValues
{
    public static bool IsTrue(object? value) => value switch
    {
        null or TemplateUndefined or false or 0L or 0.0 or "" => false,
        List<object?> list => list.Count > 0,
        TemplateMap map => map.IsNamespace || map.Members.Count > 0,
        _ => true,
    };

    /// <summary>What is written for a value: what Python's <c>str</c> gives.</summary>
    public static string Text(object? value, TemplateBudget budget)
    {
        if (value is string text) return text;
        if (value is TemplateUndefined) return "";
        var written = new StringBuilder();
        Write(written, value, budget);
        return written.ToString();
    }

    public static bool AreEqual(object? a, object? b, TemplateBudget budget)
    {
        RequireStack(budget);
        budget.Steps(1);
        switch (a, b)
        {
            case (List<object?> x, List<object?> y):
                return x.Count == y.Count && x.Zip(y).All(p => AreEqual(p.First, p.Second, budget));
            case (TemplateMap x, TemplateMap y):
                return x.Members.Count == y.Members.Count && x.Members.All(m => y.TryGet(m.Key, budget, out var other) && AreEqual(m.Value, other, budget));
            case (TemplateUndefined, TemplateUndefined):
                return true;
            case (string x, string y):
                budget.Characters(x.Length == y.Length ? x.Length : 0);
                return x == y;
            default:
                return IsNumber(a) && IsNumber(b) ? Number(a) == Number(b) : Equals(a, b);
        }
    }

    public static int Compare(object? a, object? b, TemplateBudget budget)
    {
        if (a is string x && b is string y)
        {
            budget.Characters(Math.Min(x.Length, y.Length));
            return string.CompareOrdinal(x, y);
        }
        return IsNumber(a) && IsNumber(b) ? Number(a).CompareTo(Number(b)) : throw new TemplateException($"{Name(a)} and {Name(b)} have no order");
    }

    public static bool IsNumber(object? value) => value is long or double or bool;

    public static double Number(object? value) => value switch
    {
        long number => number,
        double number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new TemplateException($"{Name(value)} is no number"),
    };

    public static long Integer(object? value) => value switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new TemplateException($"{Name(value)} is no whole number"),
    };

    /// <summary>The elements of a list, which is that list itself; the characters of a text, the keys of a dictionary; none of what is not there.</summary>
    public static List<object?> Items(object? value, TemplateBudget budget)
    {
        switch (value)
        {
            case List<object?> list:
                return list;
            case string text:
                budget.Steps(text.Length);
                return [.. text.EnumerateRunes().Select(rune => (object?)rune.ToString())];
            case TemplateMap map:
                budget.Steps(map.Members.Count);
                return [.. map.Members.Keys];
            case TemplateUndefined:
                return [];
            default:
                throw new TemplateException($"{Name(value)} cannot be gone through");
        }
    }

    public static bool Contains(object? whole, object? part, TemplateBudget budget)
    {
        switch (whole)
        {
            case string text:
                budget.Characters(text.Length);
                return part is string inner ? text.Contains(inner, StringComparison.Ordinal) : throw new TemplateException($"a text holds texts, not {Name(part)}");
            case TemplateMap map when part is string name:
                return map.TryGet(name, budget, out _);
            default:
                return Items(whole, budget).Exists(item => AreEqual(item, part, budget));
        }
    }

    /// <summary>What a value is called in messages.</summary>
    public static string Name(object? value) => value switch
    {
        null => "none",
        TemplateUndefined undefined => $"'{undefined.Name}', which is not there,",
        bool => "a boolean",
        long or double => "a number",
        string => "a text",
        List<object?> => "a list",
        TemplateMap => "a dictionary",
        _ => "a function",
    };

    /// <summary>A fraction as Python writes it.</summary>
    public static string Fraction(double number) =>
        double.IsNaN(number) ? "nan"
        : double.IsInfinity(number) ? number > 0 ? "inf" : "-inf"
        : number == Math.Floor(number) && Math.Abs(number) < 1e16 ? number.ToString("0.0", CultureInfo.InvariantCulture)
        : number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();

    /// <summary>Stops where the stack would overflow.</summary>
    public static void RequireStack(TemplateBudget budget)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw budget.TooDeep();
    }

    private static void Write(StringBuilder written, object? value, TemplateBudget budget)
    {
        RequireStack(budget);
        budget.Steps(1);
        switch (value)
        {
            case string text:
                Append($"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'");
                break;
            case TemplateUndefined:
                break;
            case null:
                Append("None");
                break;
            case bool flag:
                Append(flag ? "True" : "False");
                break;
            case long number:
                Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                Append(Fraction(number));
                break;
            case List<object?> list:
                Append("[");
                for (var i = 0; i < list.Count; i++)
                {
                    if (i > 0) Append(", ");
                    Write(written, list[i], budget);
                }
                Append("]");
                break;
            case TemplateMap map:
                Append("{");
                var first = true;
                foreach (var (name, member) in map.Members)
                {
                    if (!first) Append(", ");
                    first = false;
                    Write(written, name, budget);
                    Append(": ");
                    Write(written, member, budget);
                }
                Append("}");
                break;
            default:
                throw new TemplateException("a function cannot be written; call it");
        }

        void Append(string part)
        {
            budget.Characters(part.Length);
            written.Append(part);
        }
    }
}

using System.Runtime.CompilerServices;

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>A part of a template that has a value.</summary>
internal abstract record TemplateExpression
{
    /// <summary>The value.</summary>
    /// <exception cref="TemplateException">There is none, it is nested so deep that the stack would overflow, or the rendering has used its budget up.</exception>
    public object? Evaluate(TemplateScope scope)
    {
        scope.Budget.Steps(1);
        return RuntimeHelpers.TryEnsureSufficientExecutionStack() ? Compute(scope) : throw new TemplateException("it is nested too deep");
    }

    protected abstract object? Compute(TemplateScope scope);

    public bool IsTrue(TemplateScope scope) => TemplateValues.IsTrue(Evaluate(scope));
}

/// <summary>A value that stands there.</summary>
internal sealed record TemplateLiteral(object? Value) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope) => Value;
}

/// <summary>A name.</summary>
internal sealed record TemplateName(string Name) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope) => scope.Get(Name);
}

/// <summary><c>[a, b]</c> and <c>(a, b)</c></summary>
internal sealed record TemplateList(IReadOnlyList<TemplateExpression> Items) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope) => Items.Select(item => item.Evaluate(scope)).ToList();
}

/// <summary><c>{a: b}</c></summary>
internal sealed record TemplateDictionary(IReadOnlyList<(TemplateExpression Key, TemplateExpression Value)> Members) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope)
    {
        var map = new TemplateMap();
        foreach (var (key, value) in Members)
        {
            var name = TemplateValues.Text(key.Evaluate(scope), scope.Budget);
            scope.Budget.Characters(name.Length);
            map.Members[name] = value.Evaluate(scope);
        }
        return map;
    }
}

/// <summary><c>a if b else c</c></summary>
internal sealed record TemplateChoice(TemplateExpression Condition, TemplateExpression Then, TemplateExpression? Else) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope) =>
        Condition.IsTrue(scope) ? Then.Evaluate(scope) : Else is null ? new TemplateUndefined("what stands before an if without else") : Else.Evaluate(scope);
}

/// <summary><c>not a</c></summary>
internal sealed record TemplateNot(TemplateExpression Inner) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope) => !Inner.IsTrue(scope);
}

/// <summary><c>-a</c></summary>
internal sealed record TemplateMinus(TemplateExpression Inner) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope) => Inner.Evaluate(scope) switch
    {
        double number => (object)-number,
        var value => -TemplateValues.Integer(value),
    };
}

/// <summary><c>a and b</c>, <c>a or b</c>: the value that decides.</summary>
internal sealed record TemplateJunction(TemplateExpression Left, bool And, TemplateExpression Right) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope)
    {
        var left = Left.Evaluate(scope);
        return TemplateValues.IsTrue(left) == And ? Right.Evaluate(scope) : left;
    }
}

/// <summary><c>a &lt; b == c</c>: each with its neighbour.</summary>
internal sealed record TemplateComparison(TemplateExpression First, IReadOnlyList<(string Sign, TemplateExpression Other)> Rest) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope)
    {
        var left = First.Evaluate(scope);
        foreach (var (sign, other) in Rest)
        {
            var right = other.Evaluate(scope);
            if (!Holds(left, sign, right, scope.Budget)) return false;
            left = right;
        }
        return true;
    }

    private static bool Holds(object? left, string sign, object? right, TemplateBudget budget) => sign switch
    {
        "==" => TemplateValues.AreEqual(left, right, budget),
        "!=" => !TemplateValues.AreEqual(left, right, budget),
        "in" => TemplateValues.Contains(right, left, budget),
        "not in" => !TemplateValues.Contains(right, left, budget),
        "<" => TemplateValues.Compare(left, right, budget) < 0,
        "<=" => TemplateValues.Compare(left, right, budget) <= 0,
        ">" => TemplateValues.Compare(left, right, budget) > 0,
        _ => TemplateValues.Compare(left, right, budget) >= 0,
    };
}

/// <summary><c>a + b</c> and the other signs of two values.</summary>
internal sealed record TemplateOperation(TemplateExpression Left, string Sign, TemplateExpression Right) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope) => Of(Left.Evaluate(scope), Right.Evaluate(scope), scope.Budget);

    private object Of(object? left, object? right, TemplateBudget budget) => (left, Sign, right) switch
    {
        (_, "~", _) => Joined(TemplateValues.Text(left, budget), TemplateValues.Text(right, budget), budget),
        (string a, "+", string b) => Joined(a, b, budget),
        (List<object?> a, "+", List<object?> b) => Joined(a, b, budget),
        (string text, "*", long times) => Repeated(text, times, budget),
        (long or bool, not "/", long or bool) => Whole(TemplateValues.Integer(left), TemplateValues.Integer(right)),
        _ when TemplateValues.IsNumber(left) && TemplateValues.IsNumber(right) => Fraction(TemplateValues.Number(left), TemplateValues.Number(right)),
        _ => throw new TemplateException($"'{Sign}' has no meaning for {TemplateValues.Name(left)} and {TemplateValues.Name(right)}"),
    };

    private static string Joined(string a, string b, TemplateBudget budget)
    {
        budget.Characters((long)a.Length + b.Length);
        return a + b;
    }

    private static List<object?> Joined(List<object?> a, List<object?> b, TemplateBudget budget)
    {
        budget.Steps((long)a.Count + b.Count);
        return [.. a, .. b];
    }

    private static string Repeated(string text, long times, TemplateBudget budget)
    {
        budget.Characters(text, times);
        return text.Length == 0 || times <= 0 ? "" : string.Concat(Enumerable.Repeat(text, (int)times));
    }

    private object Whole(long a, long b) => Sign switch
    {
        "+" => (object)(a + b),
        "-" => a - b,
        "*" => a * b,
        "**" => Math.Pow(a, b) is var power && b >= 0 && Math.Abs(power) < 1e15 ? (object)(long)power : power,
        _ when b == 0 => throw new TemplateException("a number is divided by 0"),
        "//" => (long)Math.Floor((double)a / b),
        _ => ((a % b) + b) % b,
    };

    private object Fraction(double a, double b) => Sign switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "**" => Math.Pow(a, b),
        _ when b == 0 => throw new TemplateException("a number is divided by 0"),
        "/" => a / b,
        "//" => Math.Floor(a / b),
        _ => a - (Math.Floor(a / b) * b),
    };
}

/// <summary><c>a.b</c> and <c>a[b]</c></summary>
internal sealed record TemplateMember(TemplateExpression Whole, TemplateExpression Key, bool IsAttribute) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope)
    {
        var (whole, key) = (Whole.Evaluate(scope), Key.Evaluate(scope));
        if (whole is TemplateUndefined) throw new TemplateException($"{TemplateValues.Name(whole)} has no '{TemplateValues.Text(key, scope.Budget)}'");
        if (whole is TemplateMap map && key is string name)
        {
            if (map.TryGet(name, scope.Budget, out var value)) return value;
            return IsAttribute && TemplateMethods.Find(map, name) is { } method ? method : new TemplateUndefined(name);
        }
        if (key is string attribute) return IsAttribute && TemplateMethods.Find(whole, attribute) is { } found ? found : new TemplateUndefined(attribute);
        if (whole is not (string or List<object?>)) return new TemplateUndefined(TemplateValues.Text(key, scope.Budget));
        var items = TemplateValues.Items(whole, scope.Budget);
        var index = TemplateValues.Integer(key);
        if (index < 0) index += items.Count;
        return index >= 0 && index < items.Count ? items[(int)index] : new TemplateUndefined(TemplateValues.Text(key, scope.Budget));
    }
}

/// <summary><c>a[b:c:d]</c></summary>
internal sealed record TemplateSlice(TemplateExpression Whole, TemplateExpression? Start, TemplateExpression? Stop, TemplateExpression? Step) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope)
    {
        var whole = Whole.Evaluate(scope);
        if (whole is not (string or List<object?>)) throw new TemplateException($"{TemplateValues.Name(whole)} has no parts");
        var items = TemplateValues.Items(whole, scope.Budget);
        var step = Value(Step, scope) ?? 1;
        if (step == 0) throw new TemplateException("the step of a slice is 0");
        scope.Budget.Steps(items.Count);
        // A longer step takes no other element than one that leaves the text.
        step = Math.Clamp(step, -items.Count - 1L, items.Count + 1L);
        var (lowest, highest) = step > 0 ? (0, items.Count) : (-1, items.Count - 1);
        var from = Place(Value(Start, scope)) ?? (step > 0 ? lowest : highest);
        var to = Place(Value(Stop, scope)) ?? (step > 0 ? highest : lowest);
        var taken = new List<object?>();
        for (var i = from; step > 0 ? i < to : i > to; i += step) taken.Add(items[(int)i]);
        return whole is string ? string.Concat(taken) : taken;

        long? Place(long? index) => index is { } value ? Math.Clamp(value < 0 ? value + items.Count : value, lowest, highest) : null;
    }

    private static long? Value(TemplateExpression? expression, TemplateScope scope) => expression?.Evaluate(scope) is { } value ? TemplateValues.Integer(value) : null;
}

/// <summary><c>a(b, c=d)</c></summary>
internal sealed record TemplateCall(TemplateExpression Function, TemplateArguments Arguments) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope)
    {
        var function = Function.Evaluate(scope);
        if (function is not TemplateFunction callable) throw new TemplateException($"{TemplateValues.Name(function)} cannot be called");
        return callable(Arguments.Values(scope), Arguments.NamedValues(scope), scope.Budget);
    }
}

/// <summary><c>a | b(c)</c></summary>
internal sealed record TemplateFilter(TemplateExpression Value, string Name, TemplateArguments Arguments) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope) => TemplateFilters.Apply(Name, Value.Evaluate(scope), Arguments.Values(scope), Arguments.NamedValues(scope), scope.Budget);
}

/// <summary><c>a is b(c)</c></summary>
internal sealed record TemplateTest(TemplateExpression Value, string Name, TemplateArguments Arguments) : TemplateExpression
{
    protected override object? Compute(TemplateScope scope) => TemplateTests.Holds(Name, Value.Evaluate(scope), Arguments.Values(scope), scope.Budget);
}

/// <summary>What stands between a call's brackets.</summary>
internal sealed record TemplateArguments(IReadOnlyList<TemplateExpression> InOrder, IReadOnlyList<(string Name, TemplateExpression Value)> Named)
{
    public static TemplateArguments None { get; } = new([], []);

    public List<object?> Values(TemplateScope scope) => [.. InOrder.Select(argument => argument.Evaluate(scope))];

    public Dictionary<string, object?> NamedValues(TemplateScope scope) => Named.ToDictionary(n => n.Name, n => n.Value.Evaluate(scope), StringComparer.Ordinal);
}

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>How a statement ended.</summary>
internal enum TemplateFlow
{
    /// <summary>What comes next is done next.</summary>
    Next,

    /// <summary>The loop's next round is.</summary>
    Continue,

    /// <summary>What comes after the loop is.</summary>
    Break,
}

/// <summary>A part of a template that does something.</summary>
internal abstract record TemplateStatement
{
    /// <summary>The line of the template on which it begins, counted from 1.</summary>
    public int Line { get; init; }

    public abstract TemplateFlow Execute(TemplateScope scope, TemplateOutput output);

    public static TemplateFlow ExecuteAll(IReadOnlyList<TemplateStatement> statements, TemplateScope scope, TemplateOutput output)
    {
        foreach (var statement in statements)
        {
            scope.Budget.Steps(1);
            scope.Budget.Line = statement.Line;
            if (statement.Execute(scope, output) is not TemplateFlow.Next and var flow) return flow;
        }
        return TemplateFlow.Next;
    }
}

/// <summary>A text, or <c>{{ ... }}</c></summary>
internal sealed record TemplateWrite(TemplateExpression Value) : TemplateStatement
{
    public override TemplateFlow Execute(TemplateScope scope, TemplateOutput output)
    {
        output.Write(TemplateValues.Text(Value.Evaluate(scope), scope.Budget));
        return TemplateFlow.Next;
    }
}

/// <summary><c>{% if %}</c></summary>
internal sealed record TemplateIf(IReadOnlyList<(TemplateExpression? Condition, IReadOnlyList<TemplateStatement> Body)> Branches) : TemplateStatement
{
    public override TemplateFlow Execute(TemplateScope scope, TemplateOutput output)
    {
        foreach (var (condition, body) in Branches)
        {
            if (condition is null || condition.IsTrue(scope)) return ExecuteAll(body, scope, output);
        }
        return TemplateFlow.Next;
    }
}

/// <summary><c>{% for %}</c></summary>
internal sealed record TemplateFor(
    IReadOnlyList<string> Names, TemplateExpression Items, TemplateExpression? Condition, IReadOnlyList<TemplateStatement> Body, IReadOnlyList<TemplateStatement> Otherwise) : TemplateStatement
{
    // A round makes a dictionary of nine members.
    private const int StepsOfRound = 10;

    public override TemplateFlow Execute(TemplateScope scope, TemplateOutput output)
    {
        var all = TemplateValues.Items(Items.Evaluate(scope), scope.Budget);
        scope.Budget.Steps(all.Count);
        var items = all.Where(item => Condition is null || Condition.IsTrue(Scope(scope, item))).ToList();
        if (items.Count == 0) return ExecuteAll(Otherwise, scope, output);
        for (var i = 0; i < items.Count; i++)
        {
            scope.Budget.Line = Line;
            scope.Budget.Steps(StepsOfRound);
            var inner = Scope(scope, items[i]);
            inner.Set("loop", TemplateMap.Of(
                ("index0", (long)i), ("index", i + 1L), ("first", i == 0), ("last", i == items.Count - 1), ("length", (long)items.Count), ("revindex", (long)items.Count - i),
                ("revindex0", items.Count - i - 1L), ("previtem", i > 0 ? items[i - 1] : new TemplateUndefined("previtem")),
                ("nextitem", i + 1 < items.Count ? items[i + 1] : new TemplateUndefined("nextitem"))));
            if (ExecuteAll(Body, inner, output) == TemplateFlow.Break) break;
        }
        return TemplateFlow.Next;
    }

    private TemplateScope Scope(TemplateScope scope, object? item)
    {
        var inner = scope.Inner();
        inner.Set(Names, item);
        return inner;
    }
}

/// <summary><c>{% set a = b %}</c>, <c>{% set a, b = c %}</c>, <c>{% set a.b = c %}</c>, and <c>{% set a %}...{% endset %}</c></summary>
internal sealed record TemplateSet(IReadOnlyList<string> Names, string? Member, TemplateExpression? Value, IReadOnlyList<TemplateStatement> Body) : TemplateStatement
{
    public override TemplateFlow Execute(TemplateScope scope, TemplateOutput output)
    {
        var value = Value is null ? Written(scope) : Value.Evaluate(scope);
        if (Member is null) scope.Set(Names, value);
        else if (scope.Get(Names[0]) is TemplateMap { IsNamespace: true } map) map.Members[Member] = value;
        else throw new TemplateException($"'{Names[0]}' is no namespace, so its '{Member}' cannot be set");
        return TemplateFlow.Next;
    }

    private string Written(TemplateScope scope)
    {
        var inner = new TemplateOutput(scope.Budget);
        ExecuteAll(Body, scope, inner);
        return inner.ToString();
    }
}

/// <summary><c>{% macro %}</c></summary>
internal sealed record TemplateMacro(string Name, IReadOnlyList<(string Name, TemplateExpression? Default)> Parameters, IReadOnlyList<TemplateStatement> Body) : TemplateStatement
{
    public override TemplateFlow Execute(TemplateScope scope, TemplateOutput output)
    {
        scope.Set(Name, (TemplateFunction)((arguments, named, _) => scope.Call(inner => Written(inner, arguments, named))));
        return TemplateFlow.Next;
    }

    private string Written(TemplateScope inner, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named)
    {
        if (arguments.Count > Parameters.Count) throw new TemplateException($"the macro '{Name}' takes {Parameters.Count} values, not {arguments.Count}");
        for (var i = 0; i < Parameters.Count; i++)
        {
            var (name, otherwise) = Parameters[i];
            inner.Set(name, i < arguments.Count ? arguments[i] : named.TryGetValue(name, out var value) ? value
                : otherwise is null ? new TemplateUndefined(name) : otherwise.Evaluate(inner));
        }
        var written = new TemplateOutput(inner.Budget);
        ExecuteAll(Body, inner, written);
        return written.ToString();
    }
}

/// <summary><c>{% generation %}</c>, which says what the assistant speaks and writes what stands in it.</summary>
internal sealed record TemplateGeneration(IReadOnlyList<TemplateStatement> Body) : TemplateStatement
{
    public override TemplateFlow Execute(TemplateScope scope, TemplateOutput output) => ExecuteAll(Body, scope, output);
}

/// <summary><c>{% break %}</c> and <c>{% continue %}</c></summary>
internal sealed record TemplateJump(TemplateFlow Flow) : TemplateStatement
{
    public override TemplateFlow Execute(TemplateScope scope, TemplateOutput output) => Flow;
}

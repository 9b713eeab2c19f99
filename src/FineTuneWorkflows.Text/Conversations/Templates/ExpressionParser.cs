using System.Globalization;

namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>Reads what stands in a tag, by Jinja's precedence.</summary>
internal sealed class ExpressionParser
{
    private const int Deepest = 64;
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[] AfterTest = ["else", "or", "and", "if", "is", "in", "not"];

    private readonly string _source;
    private readonly int _line;
    private readonly List<TemplateToken> _tokens;
    private int _at;
    private int _depth;

    public ExpressionParser(string source, int line)
    {
        (_source, _line) = (source, line);
        try
        {
            _tokens = TemplateLexer.Tokens(source);
        }
        catch (TemplateException e)
        {
            throw Problem(e.Message);
        }
    }

    /// <summary>The tag's first word.</summary>
    public string Word => _tokens[0].Text;

    private TemplateToken Current => _tokens[_at];

    public TemplateException Problem(string what) => new($"line {_line}: {what}, in '{_source.Trim()}'");

    /// <summary>An expression that takes all that is left.</summary>
    public TemplateExpression Whole()
    {
        var expression = Tuple();
        End();
        return expression;
    }

    public void End()
    {
        if (Current.Kind != TemplateTokenKind.End) throw Problem($"'{Current.Text}' stands where nothing more may stand");
    }

    public string Name() => Current.Kind == TemplateTokenKind.Name ? Next().Text : throw Problem("a name is missing");

    public List<string> Names()
    {
        var bracket = TakesSign("(");
        var names = new List<string> { Name() };
        while (TakesSign(",")) names.Add(Name());
        if (bracket) ExpectSign(")");
        return names;
    }

    public void Expect(string word)
    {
        if (!Takes(word)) throw Problem($"'{word}' is missing");
    }

    public bool Takes(string word)
    {
        if (!Current.IsName(word)) return false;
        _at++;
        return true;
    }

    public bool TakesSign(string sign)
    {
        if (!Current.Is(sign)) return false;
        _at++;
        return true;
    }

    /// <summary>An expression whose <c>if</c> is somebody else's.</summary>
    public TemplateExpression WithoutChoice() => Or();

    /// <summary>A macro's name and parameters.</summary>
    public (string Name, List<(string, TemplateExpression?)> Parameters) Macro()
    {
        var name = Name();
        var parameters = new List<(string, TemplateExpression?)>();
        ExpectSign("(");
        while (!Current.Is(")"))
        {
            var parameter = Name();
            parameters.Add((parameter, TakesSign("=") ? Expression() : null));
            if (!TakesSign(",")) break;
        }
        ExpectSign(")");
        End();
        return (name, parameters);
    }

    private TemplateToken Next() => _tokens[_at++];

    private void ExpectSign(string sign)
    {
        if (!TakesSign(sign)) throw Problem($"'{sign}' is missing");
    }

    private TemplateExpression Tuple()
    {
        var first = Expression();
        if (!Current.Is(",")) return first;
        var items = new List<TemplateExpression> { first };
        while (TakesSign(",") && Current.Kind != TemplateTokenKind.End) items.Add(Expression());
        return new TemplateList(items);
    }

    private TemplateExpression Expression()
    {
        if (++_depth > Deepest) throw Problem($"it is nested more than {Deepest} times");
        var value = Or();
        while (Takes("if"))
        {
            var condition = Or();
            value = new TemplateChoice(condition, value, Takes("else") ? Expression() : null);
        }
        _depth--;
        return value;
    }

    private TemplateExpression Or()
    {
        var left = And();
        while (Takes("or")) left = new TemplateJunction(left, false, And());
        return left;
    }

    private TemplateExpression And()
    {
        var left = Not();
        while (Takes("and")) left = new TemplateJunction(left, true, Not());
        return left;
    }

    private TemplateExpression Not()
    {
        var count = 0;
        while (Takes("not")) count++;
        var value = Comparison();
        for (; count > 0; count--) value = new TemplateNot(value);
        return value;
    }

    private TemplateExpression Comparison()
    {
        var first = Sum();
        var rest = new List<(string, TemplateExpression)>();
        while (true)
        {
            if (Current.Kind == TemplateTokenKind.Sign && Comparisons.Contains(Current.Text, StringComparer.Ordinal)) rest.Add((Next().Text, Sum()));
            else if (Takes("in")) rest.Add(("in", Sum()));
            else if (Current.IsName("not") && _tokens[_at + 1].IsName("in"))
            {
                _at += 2;
                rest.Add(("not in", Sum()));
            }
            else return rest.Count == 0 ? first : new TemplateComparison(first, rest);
        }
    }

    private TemplateExpression Sum() => Chain(Concatenation, "+", "-");

    private TemplateExpression Concatenation() => Chain(Product, "~");

    private TemplateExpression Product() => Chain(Power, "*", "/", "//", "%");

    private TemplateExpression Power() => Chain(() => Unary(), "**");

    private TemplateExpression Chain(Func<TemplateExpression> inner, params string[] signs)
    {
        var left = inner();
        while (Current.Kind == TemplateTokenKind.Sign && signs.Contains(Current.Text, StringComparer.Ordinal)) left = new TemplateOperation(left, Next().Text, inner());
        return left;
    }

    private TemplateExpression Unary(bool filters = true)
    {
        var minus = 0;
        for (; Current.Is("-") || Current.Is("+"); _at++) minus += Current.Is("-") ? 1 : 0;
        var value = Postfix(Primary());
        for (; minus > 0; minus--) value = new TemplateMinus(value);
        return filters ? Filters(value) : value;
    }

    private TemplateExpression Primary()
    {
        var token = Next();
        switch (token.Kind)
        {
            case TemplateTokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new TemplateLiteral(true),
                    "false" or "False" => new TemplateLiteral(false),
                    "none" or "None" => new TemplateLiteral(null),
                    _ => new TemplateName(token.Text),
                };
            case TemplateTokenKind.Text:
                var text = token.Text;
                while (Current.Kind == TemplateTokenKind.Text) text += Next().Text;
                return new TemplateLiteral(text);
            case TemplateTokenKind.Integer:
                return new TemplateLiteral(long.TryParse(token.Text, CultureInfo.InvariantCulture, out var whole) ? whole : throw Problem($"the number {token.Text} is too large"));
            case TemplateTokenKind.Number:
                return new TemplateLiteral(double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TemplateTokenKind.Sign when token.Text == "(":
                return Bracketed(")", always: false);
            case TemplateTokenKind.Sign when token.Text == "[":
                return Bracketed("]", always: true);
            case TemplateTokenKind.Sign when token.Text == "{":
                return Dictionary();
            default:
                throw Problem(token.Kind == TemplateTokenKind.End ? "it ends too early" : $"'{token.Text}' stands where a value must stand");
        }
    }

    private TemplateExpression Bracketed(string close, bool always)
    {
        var items = new List<TemplateExpression>();
        var list = always;
        while (!Current.Is(close))
        {
            items.Add(Expression());
            if (!TakesSign(",")) break;
            list = true;
        }
        ExpectSign(close);
        return list || items.Count == 0 ? new TemplateList(items) : items[0];
    }

    private TemplateDictionary Dictionary()
    {
        var members = new List<(TemplateExpression, TemplateExpression)>();
        while (!Current.Is("}"))
        {
            var key = Expression();
            ExpectSign(":");
            members.Add((key, Expression()));
            if (!TakesSign(",")) break;
        }
        ExpectSign("}");
        return new TemplateDictionary(members);
    }

    private TemplateExpression Postfix(TemplateExpression value)
    {
        while (true)
        {
            if (TakesSign(".")) value = new TemplateMember(value, new TemplateLiteral(Current.Kind == TemplateTokenKind.Integer ? long.Parse(Next().Text, CultureInfo.InvariantCulture) : Name()), true);
            else if (TakesSign("[")) value = Subscript(value);
            else if (Current.Is("(")) value = new TemplateCall(value, Arguments());
            else return value;
        }
    }

    private TemplateExpression Subscript(TemplateExpression value)
    {
        var start = Current.Is(":") ? null : Expression();
        if (TakesSign("]")) return new TemplateMember(value, start!, false);
        ExpectSign(":");
        var stop = Current.Is(":") || Current.Is("]") ? null : Expression();
        var step = TakesSign(":") && !Current.Is("]") ? Expression() : null;
        ExpectSign("]");
        return new TemplateSlice(value, start, stop, step);
    }

    private TemplateArguments Arguments()
    {
        var (inOrder, named) = (new List<TemplateExpression>(), new List<(string, TemplateExpression)>());
        ExpectSign("(");
        while (!Current.Is(")"))
        {
            if (Current.Kind == TemplateTokenKind.Name && _tokens[_at + 1].Is("="))
            {
                var name = Name();
                _at++;
                named.Add((name, Expression()));
            }
            else
            {
                inOrder.Add(Expression());
            }
            if (!TakesSign(",")) break;
        }
        ExpectSign(")");
        return new TemplateArguments(inOrder, named);
    }

    private TemplateExpression Filters(TemplateExpression value)
    {
        while (true)
        {
            if (TakesSign("|"))
            {
                var name = Name();
                if (!TemplateFilters.IsKnown(name)) throw Problem($"the filter '{name}' is not known");
                value = new TemplateFilter(value, name, Current.Is("(") ? Arguments() : TemplateArguments.None);
            }
            else if (Takes("is"))
            {
                var isNot = Takes("not");
                var name = Name();
                if (!TemplateTests.IsKnown(name)) throw Problem($"the test '{name}' is not known");
                var test = new TemplateTest(value, name, Current.Is("(") ? Arguments() : HasArgument() ? new([Unary(filters: false)], []) : TemplateArguments.None);
                value = isNot ? new TemplateNot(test) : test;
            }
            else if (Current.Is("("))
            {
                value = new TemplateCall(value, Arguments());
            }
            else
            {
                return value;
            }
        }
    }

    private bool HasArgument() => Current.Kind is TemplateTokenKind.Text or TemplateTokenKind.Integer or TemplateTokenKind.Number
        || (Current.Kind == TemplateTokenKind.Name && !AfterTest.Contains(Current.Text, StringComparer.Ordinal)) || Current.Is("[") || Current.Is("{");
}

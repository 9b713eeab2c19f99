namespace FineTuneWorkflows.Text.Conversations.Templates;

/// <summary>Reads a template: texts, and the statements that chat templates are written with.</summary>
internal sealed class TemplateParser
{
    private const int Deepest = 64;

    private readonly List<TemplatePart> _parts;
    private int _at;
    private int _depth;

    private TemplateParser(List<TemplatePart> parts) => _parts = parts;

    public static IReadOnlyList<TemplateStatement> Parse(string source)
    {
        var parser = new TemplateParser(TemplateScanner.Scan(source));
        var statements = parser.Until([], out _);
        return statements;
    }

    /// <summary>The statements up to one that closes what is open.</summary>
    private List<TemplateStatement> Until(string[] closing, out ExpressionParser closed)
    {
        if (++_depth > Deepest) throw new TemplateException($"it is nested more than {Deepest} times");
        var statements = new List<TemplateStatement>();
        for (; _at < _parts.Count; _at++)
        {
            var (kind, source, line) = _parts[_at];
            if (kind == TemplatePartKind.Text)
            {
                statements.Add(new TemplateWrite(new TemplateLiteral(source)) { Line = line });
                continue;
            }
            var tag = new ExpressionParser(source, line);
            if (kind == TemplatePartKind.Output)
            {
                statements.Add(new TemplateWrite(tag.Whole()) { Line = line });
                continue;
            }
            var word = tag.Name();
            if (closing.Contains(word, StringComparer.Ordinal))
            {
                _at++;
                _depth--;
                closed = tag;
                return statements;
            }
            _at++;
            statements.Add(Statement(word, tag) with { Line = line });
            _at--;
        }
        if (closing.Length > 0) throw new TemplateException($"it ends without {closing[^1]}");
        closed = new ExpressionParser("", 0);
        return statements;
    }

    private TemplateStatement Statement(string word, ExpressionParser tag)
    {
        switch (word)
        {
            case "if":
                return If(tag);
            case "for":
                return For(tag);
            case "set":
                return Set(tag);
            case "macro":
                var (name, parameters) = tag.Macro();
                return new TemplateMacro(name, parameters, Until(["endmacro"], out _));
            case "generation":
                return new TemplateGeneration(Until(["endgeneration"], out _));
            case "break":
                return new TemplateJump(TemplateFlow.Break);
            case "continue":
                return new TemplateJump(TemplateFlow.Continue);
            default:
                throw tag.Problem($"the statement '{word}' is not known");
        }
    }

    private TemplateIf If(ExpressionParser tag)
    {
        var branches = new List<(TemplateExpression?, IReadOnlyList<TemplateStatement>)>();
        TemplateExpression? condition = tag.Whole();
        while (true)
        {
            var body = Until(["elif", "else", "endif"], out var closed);
            branches.Add((condition, body));
            if (closed.Word == "endif") return new TemplateIf(branches);
            condition = closed.Word == "elif" ? closed.Whole() : null;
        }
    }

    private TemplateFor For(ExpressionParser tag)
    {
        var names = tag.Names();
        tag.Expect("in");
        var items = tag.WithoutChoice();
        var condition = tag.Takes("if") ? tag.WithoutChoice() : null;
        tag.End();
        var body = Until(["else", "endfor"], out var closed);
        return new TemplateFor(names, items, condition, body, closed.Word == "else" ? Until(["endfor"], out _) : []);
    }

    private TemplateSet Set(ExpressionParser tag)
    {
        var names = tag.Names();
        var member = names.Count == 1 && tag.TakesSign(".") ? tag.Name() : null;
        if (tag.TakesSign("=")) return new TemplateSet(names, member, tag.Whole(), []);
        tag.End();
        return new TemplateSet(names, member, null, Until(["endset"], out _));
    }
}

using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Cli.Parsing;

/// <summary>The definition, properties, parameters and targets that say which pipeline a command is about.</summary>
internal sealed class PipelineOptions
{
    private readonly Argument<string?> definition = new("DEFINITION")
    {
        Description = "The workflow definition, such as workflows/sentiment.json.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string[]> properties = new("--property", "-p")
    {
        Description = "Sets a property of the definition, such as -p Epochs=5, or any parameter of a stage, such as -p Fetch.TextColumn=review. May be repeated.",
        HelpName = "Name=Value",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly DataOptions data;
    private readonly Option<string[]>? targets;

    public PipelineOptions(Command command, bool withTargets)
    {
        command.Arguments.Add(definition);
        command.Options.Add(properties);
        data = new(command);
        if (!withTargets)
            return;
        targets = new("--target", "-t")
        {
            Description = "Only this stage and all that it depends on. May be repeated.",
            HelpName = "STAGE",
            Arity = ArgumentArity.OneOrMore,
        };
        command.Options.Add(targets);
    }

    /// <summary>Reads and checks the pipeline.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="context">Catalog and current folder.</param>
    /// <param name="definitionFile">The definition where the parser did not find it in its place.</param>
    /// <param name="overrides">
    /// Values of properties and parameters that the command sets itself. A name that the definition does not declare means the parameter of the only stage that has one of that name.
    /// </param>
    /// <exception cref="CommandException">No definition is named, a property is not <c>Name=Value</c>, or the command sets it itself.</exception>
    /// <exception cref="DefinitionException">The definition or a property is wrong.</exception>
    public Pipeline Read(ParseResult parsed, CommandContext context, string? definitionFile = null, IEnumerable<KeyValuePair<string, string>>? overrides = null)
    {
        var file = DefinitionFile(parsed) ?? definitionFile
            ?? throw new CommandException($"which definition? Such as {context.Console.CommandName()} {parsed.CommandResult.Command.Name} workflows/sentiment.json");
        // Messages name the file as the user did; only reading it needs to know what it counts from.
        var definition = DefinitionReader.ReadFile(Path.IsPathRooted(file) || context.Console.Folder == Environment.CurrentDirectory ? file : Path.Combine(context.Console.Folder, file));
        var named = (parsed.GetValue(properties) ?? []).Select(Property).ToList();
        var own = (overrides ?? []).Select(o => KeyValuePair.Create(Meant(definition, o.Key, context), (object?)o.Value)).ToList();
        if (named.Find(n => own.Exists(o => IsOf(definition, n.Key, o.Key, context))) is { Key: { } twice })
            throw new CommandException($"-p {twice}=... and {parsed.CommandResult.Command.Name}: the command sets {twice} itself, from its own options; leave -p {twice} out");
        KeyValuePair<string, object?>[] given = [.. data.Values(parsed, definition, named.Select(p => p.Key)), .. named, .. own];
        var pipeline = Build(definition, given, context);
        var notes = new List<string>();
        if (data.LeftOut(parsed, pipeline, notes) is { Count: > 0 } left)
            pipeline = Build(definition, [.. given, .. left], context);
        if (notes.Count > 0)
            pipeline = pipeline with { Notes = [.. pipeline.Notes, .. notes] };
        return targets is null ? pipeline : pipeline.WithTargets(parsed.GetValue(targets) ?? []);
    }

    /// <summary>Whether stages were chosen.</summary>
    public bool HasTargets(ParseResult parsed) => targets is not null && parsed.GetValue(targets) is { Length: > 0 };

    /// <summary>The definition's file, where the parser found one.</summary>
    public string? DefinitionFile(ParseResult parsed) => parsed.GetValue(definition) is { Length: > 0 } file ? file : null;

    // A stage's own parameter beside the property that feeds several stages says something: the seed of the split, where the others vary.
    private static bool IsOf(WorkflowDefinition definition, string given, string own, CommandContext context) =>
        own.Equals(given, StringComparison.OrdinalIgnoreCase) || own.Equals(Meant(definition, given, context), StringComparison.OrdinalIgnoreCase)
        || (given.EndsWith($".{own}", StringComparison.OrdinalIgnoreCase) && definition.Activities.Count(a => context.Host.Catalog().Find(a.Type)?.Parameter(own) is not null) == 1);

    private static string Meant(WorkflowDefinition definition, string name, CommandContext context)
    {
        if (definition.Properties.Any(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            return name;
        var stages = definition.Activities.Where(a => context.Host.Catalog().Find(a.Type)?.Parameter(name) is not null).ToList();
        return stages.Count == 1 ? $"{stages[0].Name}.{name}" : name;
    }

    private static Pipeline Build(WorkflowDefinition definition, IReadOnlyList<KeyValuePair<string, object?>> given, CommandContext context) =>
        PipelineBuilder.Build(definition, context.Host.Catalog(), PropertyValues.Bind(definition, given, context.Console.Folder, context.Host.Catalog()));

    // The first = splits: a value may hold more of them. The last of a name counts, as with MSBuild.
    private static KeyValuePair<string, object?> Property(string text)
    {
        var split = text.IndexOf('=', StringComparison.Ordinal);
        return split > 0 ? new(text[..split].Trim(), text[(split + 1)..]) : throw new CommandException($"-p wants Name=Value, such as -p Epochs=5 or -p Fetch.TextColumn=review, got '{text}'");
    }
}

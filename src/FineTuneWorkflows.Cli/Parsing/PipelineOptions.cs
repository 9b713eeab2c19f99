using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Cli.Parsing;

/// <summary>The definition, properties and targets that say which pipeline a command is about.</summary>
internal sealed class PipelineOptions
{
    private readonly Argument<string?> definition = new("DEFINITION")
    {
        Description = "The workflow definition, such as workflows/sentiment.json.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string[]> properties = new("--property", "-p")
    {
        Description = "Sets a property of the definition, such as -p Epochs=5. May be repeated.",
        HelpName = "Name=Value",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]>? targets;

    public PipelineOptions(Command command, bool withTargets)
    {
        command.Arguments.Add(definition);
        command.Options.Add(properties);
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
    /// <param name="overrides">Values of properties that count more than those of the command line.</param>
    /// <exception cref="CommandException">No definition is named, or a property is not <c>Name=Value</c>.</exception>
    /// <exception cref="DefinitionException">The definition or a property is wrong.</exception>
    public Pipeline Read(ParseResult parsed, CommandContext context, string? definitionFile = null, IEnumerable<KeyValuePair<string, string>>? overrides = null)
    {
        var file = DefinitionFile(parsed) ?? definitionFile
            ?? throw new CommandException($"which definition? Such as {context.Console.CommandName()} {parsed.CommandResult.Command.Name} workflows/sentiment.json");
        var given = Properties([.. parsed.GetValue(properties) ?? [], .. (overrides ?? []).Select(o => $"{o.Key}={o.Value}")]);
        // Messages name the file as the user did; only reading it needs to know what it counts from.
        var definition = DefinitionReader.ReadFile(Path.IsPathRooted(file) || context.Console.Folder == Environment.CurrentDirectory ? file : Path.Combine(context.Console.Folder, file));
        var values = PropertyValues.Bind(definition, given, context.Console.Folder);
        var pipeline = PipelineBuilder.Build(definition, context.Host.Catalog(), values);
        return targets is null ? pipeline : pipeline.WithTargets(parsed.GetValue(targets) ?? []);
    }

    /// <summary>Whether stages were chosen.</summary>
    public bool HasTargets(ParseResult parsed) => targets is not null && parsed.GetValue(targets) is { Length: > 0 };

    /// <summary>The definition's file, where the parser found one.</summary>
    public string? DefinitionFile(ParseResult parsed) => parsed.GetValue(definition) is { Length: > 0 } file ? file : null;

    // The first = splits: a value may hold more of them. The last of a name counts, as with MSBuild.
    private static IEnumerable<KeyValuePair<string, object?>> Properties(string[] given)
    {
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in given)
        {
            var split = text.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0)
                throw new CommandException($"-p wants Name=Value, such as -p Epochs=5, got '{text}'");
            values[text[..split].Trim()] = text[(split + 1)..];
        }

        return values;
    }
}

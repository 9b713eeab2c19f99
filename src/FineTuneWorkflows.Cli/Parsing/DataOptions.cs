using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages.FetchData;

namespace FineTuneWorkflows.Cli.Parsing;

/// <summary>Shorthands for the parameters of the stage that fetches the data: <c>--data reviews.csv --text-column review --label-column stars</c>.</summary>
internal sealed class DataOptions
{
    private const string FetchData = "FineTune.FetchData";

    // What a definition says of its own data, and what does not hold for other data.
    private static readonly string[] OfTheDefinitionsData = [nameof(FetchDataStage.ValidationSource), nameof(FetchDataStage.TestSource), nameof(FetchDataStage.Sha256)];

    private readonly Option<string?> data = new("--data") { Description = "The data: a file, folder, glob or web address in place of those that the definition names.", HelpName = "FILE" };
    private readonly (Option<string?> Option, string Parameter)[] columns =
    [
        (new("--text-column") { Description = "The column with the text.", HelpName = "NAME" }, nameof(FetchDataStage.TextColumn)),
        (new("--second-text-column") { Description = "The column with the second text of a pair.", HelpName = "NAME" }, nameof(FetchDataStage.SecondColumn)),
        (new("--label-column") { Description = "The column with the label.", HelpName = "NAME" }, nameof(FetchDataStage.LabelColumn)),
    ];

    public DataOptions(Command command)
    {
        command.Options.Add(data);
        foreach (var (option, _) in columns)
            command.Options.Add(option);
    }

    /// <summary>What was given, as values of the fetching stage's parameters.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="definition">The definition.</param>
    /// <param name="properties">What else was given, by name.</param>
    /// <exception cref="CommandException">Something was given, and not one stage of the definition fetches data; or it is empty, as a variable of the shell that is not set, or given twice.</exception>
    public IReadOnlyList<KeyValuePair<string, object?>> Values(ParseResult parsed, WorkflowDefinition definition, IEnumerable<string> properties)
    {
        var given = columns.Prepend((Option: data, Parameter: nameof(FetchDataStage.Source))).Where(o => parsed.Has(o.Option)).ToList();
        if (given.Count == 0)
            return [];
        // Only a second text may be absent.
        if (given.Find(g => g.Parameter != nameof(FetchDataStage.SecondColumn) && string.IsNullOrWhiteSpace(parsed.GetValue(g.Option))).Option is { } empty)
            throw new CommandException($"{empty.Name} is empty; name {(empty == data ? "a file, folder, glob or web address" : "a column")}, or leave it out for what the definition says");
        var stage = Stage(definition, given[0].Option.Name, given[0].Parameter, parsed.GetValue(given[0].Option)!);
        foreach (var (option, parameter) in given)
            if (properties.FirstOrDefault(p => p.Equals($"{stage}.{parameter}", StringComparison.OrdinalIgnoreCase)) is { } twice)
                throw new CommandException($"{option.Name} and -p {twice} are one parameter; give it once");
        return [.. given.Select(g => KeyValuePair.Create($"{stage}.{g.Parameter}", (object?)parsed.GetValue(g.Option)))];
    }

    /// <summary>What of the definition's own data does not belong to those that <c>--data</c> names, as empty values; none where the user gave it himself.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="pipeline">The pipeline with what was given.</param>
    /// <param name="notes">What to tell the user of it.</param>
    public IReadOnlyList<KeyValuePair<string, object?>> LeftOut(ParseResult parsed, Pipeline pipeline, List<string> notes)
    {
        if (parsed.GetValue(data) is not { Length: > 0 } file || pipeline.Stages.FirstOrDefault(s => s.Descriptor.Type == FetchData) is not { } fetch)
            return [];
        var left = OfTheDefinitionsData.Where(name => !fetch.Given.Contains(name) && fetch.Descriptor.Parameter(name)!.Get(fetch.Stage) is string { Length: > 0 }).ToList();
        notes.AddRange(left.Select(name =>
            $"--data {file}: {name} '{fetch.Descriptor.Parameter(name)!.Get(fetch.Stage)}' of {fetch.Name} belongs to the definition's own data and is left out; -p {fetch.Name}.{name}=... gives another"));
        return [.. left.Select(name => KeyValuePair.Create($"{fetch.Name}.{name}", (object?)""))];
    }

    private static string Stage(WorkflowDefinition definition, string option, string parameter, string value)
    {
        var stages = definition.Activities.Where(a => a.Type == FetchData).Select(a => a.Name).ToList();
        return stages.Count switch
        {
            1 => stages[0],
            0 => throw new CommandException($"{option}: no stage of {definition.File} is a {FetchData}; set the parameter of the stage that reads the data, such as -p Stage.{parameter}={value}"),
            _ => throw new CommandException($"{option}: {stages.Count} stages of {definition.File} fetch data; name one: {string.Join(" or ", stages.Select(s => $"-p {s}.{parameter}={value}"))}"),
        };
    }
}

using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Pipelines.Execution;

namespace FineTuneWorkflows.Cli.Parsing;

/// <summary>What a run is called, and what is said of it.</summary>
internal sealed class LabelOptions
{
    private const int LongestKey = 250;

    private readonly Option<string?> name = new("--name") { Description = "What the run is called. Default: MLFLOW_RUN_NAME, else the definition's name.", HelpName = "NAME" };
    private readonly Option<string[]> tags = new("--tag") { Description = "A tag of the run, such as --tag team=support. May be repeated.", HelpName = "Key=Value", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> description = new("--description") { Description = "What the run is for, in words.", HelpName = "TEXT" };

    public LabelOptions(Command command)
    {
        command.Options.Add(name);
        command.Options.Add(tags);
        command.Options.Add(description);
    }

    /// <exception cref="CommandException">A tag is not <c>Key=Value</c>, or MLflow would not take it.</exception>
    public RunLabels Read(ParseResult parsed)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(tags) ?? [])
        {
            var split = text.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0)
                throw new CommandException($"--tag wants Key=Value, such as --tag team=support, got '{text}'");
            values[Key(text[..split].Trim())] = text[(split + 1)..];
        }

        return new() { Name = Text(parsed.GetValue(name)) ?? Text(Environment.GetEnvironmentVariable("MLFLOW_RUN_NAME")), Description = Text(parsed.GetValue(description)), Tags = values };
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    // The rules of MLflow's server, which would refuse the tag long after.
    private static string Key(string key) =>
        key.StartsWith("mlflow.", StringComparison.OrdinalIgnoreCase) ? throw new CommandException($"--tag {key}: tags that begin with mlflow. are MLflow's own; --name and --description set what they are for")
        : key.Length is 0 or > LongestKey ? throw new CommandException($"--tag: a key has 1 to {LongestKey} characters, got {key.Length}")
        : key.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or ' ' or ':' or '/') ? key
        : throw new CommandException($"--tag {key}: a key has letters, digits, blanks and _ - . : / only");
}

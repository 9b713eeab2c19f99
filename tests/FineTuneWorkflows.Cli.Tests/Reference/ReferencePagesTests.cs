using System.CommandLine;
using System.Text;
using FineTuneWorkflows.Cli.Commands.Stages;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Reference;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Cli.Tests.Reference;

/// <summary>The pages of all stages and of all commands.</summary>
public sealed class ReferencePagesTests
{
    [Fact]
    public void The_page_of_stages_is_current()
    {
        var page = new StringBuilder("# Stages\n\nMade from the stages' own descriptors by `docs/reference/update.sh`; `finetune stages NAME` shows the same.\n\n");
        page.Append("A parameter is set in the definition, or for one run with `-p Stage.Parameter=value`. Every stage also has ").Append(
            "[`condition`, `continueOnError`, `retries`, `retryDelay` and `timeout`](../concepts.md#every-stage-also-has). *Not in the fingerprint* marks parameters that do not change the result.\n\n");
        foreach (var stage in FineTuneStages.Catalog.Stages)
            page.Append(Stage(stage));
        ReferencePage.Check("stages.md", End(page));
    }

    [Fact]
    public void The_page_of_commands_is_current()
    {
        var page = new StringBuilder("# Commands\n\nMade from the command's own help by `docs/reference/update.sh`. Every command also has `--verbosity` (`-v`) and `--help`.\n\n");
        var names = Root([]).Subcommands.Select(c => c.Name).ToList();
        foreach (var command in Root(names).Subcommands)
            page.Append(Commands(command, "finetune", 2));
        ReferencePage.Check("commands.md", End(page));
    }

    private static string Stage(StageDescriptor stage)
    {
        var text = new StringBuilder($"## {stage.Name}\n\n`{stage.Type}`. {stage.Description}\n\n");
        text.Append($"Reads {(stage.Consumes.Count == 0 ? "nothing" : StageSheet.Reads(stage))}. Makes {(stage.Produces.Count == 0 ? "nothing" : StageSheet.Makes(stage))}.\n\n");
        foreach (var category in stage.Parameters.GroupBy(p => p.Category, StringComparer.Ordinal))
            text.Append($"**{category.Key}**\n\n").Append(ReferencePage.Table(["parameter", "type", "default", "allowed", "what"], category.Select(parameter => Row(stage, parameter))));
        return text.ToString();
    }

    private static string[] Row(StageDescriptor stage, ParameterDescriptor parameter) =>
    [
        ReferencePage.Code(parameter.Name), parameter.Kind.TypeName, StageSheet.Default(parameter) is "-" ? "" : ReferencePage.Code(StageSheet.Default(parameter)), parameter.Constraint ?? "",
        parameter.Description + (parameter.Secret ? " A secret: write `${env:NAME}`." : "") + (parameter.AppliesWith is { } other && stage.Parameter(other.Split('=')[0]) is not null ? $" Applies with `{other}`." : "")
            + (parameter.AffectsResult || parameter.Secret ? "" : " Not in the fingerprint."),
    ];

    private static string Commands(Command command, string before, int level)
    {
        var name = $"{before} {command.Name}";
        var text = new StringBuilder($"{new string('#', level)} {name}\n\n{command.Description}\n\n");
        var usage = string.Concat(command.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $" [{a.Name}]" : $" {a.Name}"));
        text.Append($"```\n{name}{usage} [options]\n```\n\n");
        var rows = command.Arguments.Select(a => new[] { ReferencePage.Code(a.Name), a.Description ?? "" })
            .Concat(command.Options.Where(o => o.Name != "--verbosity" && !o.Hidden).Select(o => new[] { Names(o), o.Description ?? "" })).ToList();
        if (rows.Count > 0)
            text.Append(ReferencePage.Table(["", "what"], rows));
        foreach (var below in command.Subcommands)
            text.Append(Commands(below, name, level + 1));
        return text.ToString();
    }

    private static string Names(Option option)
    {
        var value = option.Arity.MaximumNumberOfValues > 0 && option.HelpName is { Length: > 0 } help ? " " + help : "";
        return ReferencePage.Code(string.Join(", ", option.Aliases.Prepend(option.Name)) + value);
    }

    // Commands get their options only where the command line names them.
    private static Command Root(IReadOnlyList<string> names) => new CommandTree(names).Parse().RootCommandResult.Command;

    private static string End(StringBuilder page) => page.ToString().TrimEnd('\n') + "\n";
}

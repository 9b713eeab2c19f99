using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Cli.Commands.Stages;

/// <summary><c>finetune stages</c></summary>
internal sealed class StagesCommand : CliCommand
{
    private readonly Argument<string?> name = new("NAME") { Description = "The stage, such as Tokenize.", Arity = ArgumentArity.ZeroOrOne };

    public override void Configure(Command command) => command.Arguments.Add(name);

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var catalog = context.Host.Catalog();
        if (parsed.GetValue(name) is not { Length: > 0 } wanted)
            WriteList(catalog, context);
        else if (catalog.FindByName(wanted) is { } stage)
            StageSheet.Write(stage, context.Out, context.Ink);
        else
            throw new CommandException($"there is no stage {wanted}{NameSuggestion.For(wanted, catalog.Stages.Select(s => s.Name))} (there are {string.Join(", ", catalog.Stages.Select(s => s.Name))})");
        return Task.FromResult(ExitCode.Done);
    }

    private static void WriteList(StageCatalog catalog, CommandContext context)
    {
        var table = new TextTable("Stage", "Reads", "Makes", "Description").Cut(1).Hang();
        foreach (var stage in catalog.Stages)
            table.Add(stage.Type, StageSheet.Reads(stage), StageSheet.Makes(stage), stage.Description);
        table.Write(context.Out, context.Ink);
    }
}

using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Stages.Prediction;

namespace FineTuneWorkflows.Cli.Commands.Merge;

/// <summary><c>finetune merge</c></summary>
internal sealed class MergeCommand : CliCommand
{
    private readonly Option<string?> model = new("--model") { Description = "The adapters: their folder in PEFT's layout, or a registered model that consists of them as NAME@ALIAS.", HelpName = "MODEL" };
    private readonly Option<string?> basis = new("--base") { Description = "The base: a folder, or hf://owner/name[@revision]. Default: the one that the adapters name.", HelpName = "BASE" };
    private readonly Option<string?> output = new("--output") { Description = "The folder to write; it must be empty or not exist yet.", HelpName = "DIR" };
    private readonly Option<string?> home = Options.Home();

    public override void Configure(Command command)
    {
        foreach (var option in (Option[])[model, basis, output, home])
            command.Options.Add(option);
    }

    public override Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var wanted = parsed.GetValue(model) is { Length: > 0 } name ? name : throw new CommandException("which adapters? Give --model with their folder or NAME@ALIAS");
        var target = parsed.GetValue(output) is { Length: > 0 } path ? Path.GetFullPath(path, context.Console.Folder) : throw new CommandException("where to? Give --output DIR, such as --output merged");
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new CommandException($"--output: {target} is there already and not an empty folder; give another");
        var folder = Path.GetFullPath(wanted, context.Console.Folder);
        if (!Directory.Exists(folder))
        {
            using var open = OpenHome.Find(context, parsed.GetValue(home));
            folder = context.Host.Locate is { } locate ? locate(wanted, open.Services) : throw new CommandException($"there is no folder {folder}");
        }

        var given = parsed.GetValue(basis) is { Length: > 0 } own ? own.Contains("://", StringComparison.Ordinal) ? own : Path.GetFullPath(own, context.Console.Folder) : null;
        context.Out.WriteLine(AdapterMerger.Merge(folder, given, target));
        return Task.FromResult(ExitCode.Done);
    }
}

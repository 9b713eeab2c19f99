using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Stages.Prediction;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary><c>finetune predict</c></summary>
internal sealed class PredictCommand : CliCommand
{
    private const int BatchSize = 32;

    private readonly Option<string?> model = new("--model")
    {
        Description = "The model: its folder, or a registered one as NAME@ALIAS, such as sentiment@champion.",
        HelpName = "MODEL",
    };

    private readonly Option<string[]> texts = new("--text") { Description = "A text. May be repeated.", HelpName = "TEXT", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> input = new("--input") { Description = "A file of texts: .jsonl, .csv or .tsv.", HelpName = "FILE" };
    private readonly Option<string> column = new("--text-column")
    {
        Description = "The member or column of the input that holds the text.", HelpName = "NAME", DefaultValueFactory = _ => "text",
    };

    private readonly Option<string?> output = new("--output") { Description = "Write the JSON lines to this file. Default: standard output.", HelpName = "FILE" };
    private readonly Option<string?> uncalibrated = Options.Flag("--uncalibrated", "Give the model's own probabilities, as other tools do, not those at the temperature that its training fitted. The labels are the same.");
    private readonly Option<int> maxNewTokens = new("--max-new-tokens") { Description = "The most tokens that a model which writes texts adds.", HelpName = "N", DefaultValueFactory = _ => Usual.MaxNewTokens };
    private readonly Option<double> temperature = new("--temperature") { Description = "How freely it chooses: 0 always takes the likeliest token.", HelpName = "T", DefaultValueFactory = _ => Usual.Temperature };
    private readonly Option<double> topP = new("--top-p") { Description = "It chooses among the likeliest tokens whose probabilities sum to this.", HelpName = "P", DefaultValueFactory = _ => Usual.TopP };
    private readonly Option<long> seed = new("--seed") { Description = "The seed of its choices.", HelpName = "N", DefaultValueFactory = _ => Usual.Seed };
    private readonly Option<string?> home = Options.Home();

    private static GenerationOptions Usual { get; } = new();

    public override void Configure(Command command)
    {
        foreach (var option in (Option[])[model, texts, input, column, output, uncalibrated, maxNewTokens, temperature, topP, seed, home])
            command.Options.Add(option);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var wanted = parsed.GetValue(model) is { Length: > 0 } name ? name : throw new CommandException("which model? Give --model with its folder or NAME@ALIAS, such as --model sentiment@champion");
        var given = parsed.GetValue(texts) ?? [];
        var file = Full(parsed.GetValue(input), context);
        if ((given.Length == 0) == (file is null))
            throw new CommandException(file is null ? "which texts? Give --text \"...\" or --input FILE" : "give either --text or --input, not both");
        var target = Full(parsed.GetValue(output), context);
        if (target is not null && target == file)
            throw new CommandException($"--output would overwrite the input {file}");
        var source = file is null ? null : InputTexts.Open(file, parsed.GetValue(column)!);
        var folder = OpenHome.Locate(context, parsed.GetValue(home));
        var services = context.Host.Services(folder);
        context.Interruption.Listen();
        try
        {
            var options = new PredictionOptions
            {
                Calibrated = !parsed.Has(uncalibrated),
                Generation = new()
                {
                    MaxNewTokens = parsed.GetValue(maxNewTokens), Temperature = parsed.GetValue(temperature), TopP = parsed.GetValue(topP), Seed = parsed.GetValue(seed),
                },
            };
            using var predictor = Open(context, wanted, folder, services, options);
            if (target is null)
                Write(predictor, source ?? given, PredictionWriter.For(context.Out, readable: context.Console.IsTerminal && given.Length == 1), context);
            else
                await WriteFileAsync(target, writer => Write(predictor, source ?? given, PredictionWriter.For(writer, readable: false), context)).ConfigureAwait(false);
        }
        finally
        {
            (services as IDisposable)?.Dispose();
        }

        return ExitCode.Done;
    }

    private static string? Full(string? path, CommandContext context) => path is { Length: > 0 } ? Path.GetFullPath(path, context.Console.Folder) : null;

    private static ITextPredictor Open(CommandContext context, string model, Pipelines.Homes.Home home, IServiceProvider services, PredictionOptions options)
    {
        var open = context.Host.Predictor ?? throw new CommandException("this build of finetune has no models to predict with");
        var folder = Path.GetFullPath(model, context.Console.Folder);
        if (Directory.Exists(folder))
            return open(folder, home, services, options);
        var at = model.LastIndexOf('@');
        return at > 0 && at < model.Length - 1
            ? open(model, home, services, options)
            : throw new CommandException($"there is no folder {folder}; a registered model is written NAME@ALIAS, such as sentiment@champion");
    }

    private static void Write(ITextPredictor predictor, IEnumerable<string> source, Action<string, TextPrediction> write, CommandContext context)
    {
        foreach (var batch in source.Chunk(BatchSize))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var predictions = predictor.Predict(batch, context.CancellationToken);
            for (var i = 0; i < batch.Length; i++)
                write(batch[i], predictions[i]);
        }
    }

    // Whole or not at all: whoever finds the file may rely on it.
    private static async Task WriteFileAsync(string path, Action<TextWriter> write)
    {
        var temporary = path + ".tmp";
        try
        {
            await using (var writer = new StreamWriter(temporary) { NewLine = "\n" })
                write(writer);
            File.Move(temporary, path, overwrite: true);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new CommandException($"--output: there is no folder {Path.GetDirectoryName(path)}", innerException: e);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}

using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Validation;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary><c>finetune predict</c></summary>
internal sealed class PredictCommand : CliCommand
{
    private const int UsualBatch = 32, UsualTopK = 5;
    private const string Utf16 = "utf16", CodePoints = "code-points";

    private readonly Option<string?> model = new("--model")
    {
        Description = "The model: its folder, or a registered one as NAME@ALIAS, such as sentiment@champion.",
        HelpName = "MODEL",
    };

    private readonly Option<string[]> texts = new("--text") { Description = "A text. May be repeated.", HelpName = "TEXT", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> seconds = new("--second-text") { Description = "The second text of a pair, one for each --text, in their order.", HelpName = "TEXT", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> input = new("--input")
    {
        Description = "A file of texts: .jsonl, .csv, .tsv or .txt (a text a line), or any of them with .gz. JSON lines may hold tokens (words to find entities among) or messages (a conversation to answer) in place of a text.",
        HelpName = "FILE",
    };

    private readonly Option<string> column = new("--text-column")
    {
        Description = "The member or column of the input that holds the text.", HelpName = "NAME", DefaultValueFactory = _ => "text",
    };

    private readonly Option<string?> secondColumn = new("--second-text-column") { Description = "The member or column of the input that holds the second text of a pair.", HelpName = "NAME" };
    private readonly InputFormat inputFormat = new();
    private readonly Option<string?> output = new("--output") { Description = "Write the JSON lines to this file. Default: standard output.", HelpName = "FILE" };
    private readonly Option<string?> uncalibrated = Options.Flag("--uncalibrated", "Give the model's own probabilities, as other tools do, not those at the temperature that its training fitted. The labels are the same.");
    private readonly Option<string?> system = new("--system") { Description = "The system's message to a model that was trained on conversations.", HelpName = "TEXT" };
    private readonly Option<string?> raw = Options.Flag("--raw", "Go on from the text as it is, though the model was trained on conversations or has a chat template.");
    private readonly Option<string?> topK = Options.WholeNumber("--top-k", [], $"How many tokens a model that guesses masked words names for each mask. Default: {UsualTopK}.", "N", 1, int.MaxValue);
    private readonly Option<int> maxNewTokens = new("--max-new-tokens") { Description = "The most tokens that a model which writes texts adds.", HelpName = "N", DefaultValueFactory = _ => Usual.MaxNewTokens };
    private readonly Option<double> temperature = new("--temperature") { Description = "How freely it chooses: 0 always takes the likeliest token.", HelpName = "T", DefaultValueFactory = _ => Usual.Temperature };
    private readonly Option<double> topP = new("--top-p") { Description = "It chooses among the likeliest tokens whose probabilities sum to this.", HelpName = "P", DefaultValueFactory = _ => Usual.TopP };
    private readonly Option<long> seed = new("--seed") { Description = "The seed of its choices.", HelpName = "N", DefaultValueFactory = _ => Usual.Seed };
    private readonly Option<string?> offsets = Offsets();
    private readonly Option<string?> device = new("--device") { Description = "Where to compute: auto, cpu, cuda or cuda:n. Default: auto.", HelpName = "DEVICE" };
    private readonly Option<string?> threads = Options.WholeNumber("--threads", [], "Threads to compute with on the CPU. Default: 0, as many as there are processors.", "N", 0, 4096);
    private readonly Option<string?> batchSize = Options.WholeNumber("--batch-size", [], $"Texts that are computed at once. Default: {UsualBatch}.", "N", 1, 65_536);
    private readonly Option<string?> home = Options.Home();

    private static GenerationOptions Usual { get; } = new();

    public override void Configure(Command command)
    {
        foreach (var option in (Option[])[model, texts, seconds, input, column, secondColumn, .. inputFormat.All, output, uncalibrated, system, raw, topK, maxNewTokens, temperature, topP, seed, offsets, device, threads, batchSize, home])
            command.Options.Add(option);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var wanted = parsed.GetValue(model) is { Length: > 0 } name ? name : throw new CommandException("which model? Give --model with its folder or NAME@ALIAS, such as --model sentiment@champion");
        var given = Given(parsed);
        var file = Full(parsed.GetValue(input), context);
        if ((given.Length == 0) == (file is null))
            throw new CommandException(file is null ? "which texts? Give --text \"...\" or --input FILE" : "give either --text or --input, not both");
        var written = Full(parsed.GetValue(output), context);
        if (written is not null && written == file)
            throw new CommandException($"--output would overwrite the input {file}");
        if (file is null && parsed.GetValue(secondColumn) is not null)
            throw new CommandException("--second-text-column is for --input; beside --text give --second-text");
        var notes = new ReadingNotes();
        var source = file is null ? given : InputTexts.Open(file, inputFormat.Read(parsed, parsed.GetValue(column)!, parsed.GetValue(secondColumn)), notes, context.CancellationToken);
        var target = Device(parsed.GetValue(device));
        var folder = OpenHome.Locate(context, parsed.GetValue(home));
        var services = context.Host.Services(folder);
        context.Interruption.Listen();
        try
        {
            var options = new PredictionOptions
            {
                Calibrated = !parsed.Has(uncalibrated),
                Raw = parsed.Has(raw),
                System = parsed.GetValue(system),
                TopK = parsed.NumberOf(topK, UsualTopK),
                Threads = parsed.NumberOf(threads, 0),
                Offsets = parsed.GetValue(offsets) == Utf16 ? OffsetUnit.Utf16 : OffsetUnit.CodePoints,
                Generation = new()
                {
                    MaxNewTokens = parsed.GetValue(maxNewTokens), Temperature = parsed.GetValue(temperature), TopP = parsed.GetValue(topP), Seed = parsed.GetValue(seed),
                },
            };
            using var predictor = Open(context, wanted, folder, services, target, options);
            var batches = source.Chunk(parsed.NumberOf(batchSize, UsualBatch));
            if (written is null)
                Write(predictor, batches, context.Console.IsTerminal && given.Length == 1 ? PredictionWriter.For(context.Out, readable: true) : PredictionWriter.For(VisibleWriter.Under(context.Out), readable: false), context);
            else
                await WriteFileAsync(written, writer => Write(predictor, batches, PredictionWriter.For(writer, readable: false), context)).ConfigureAwait(false);
        }
        catch (PredictionInputException e)
        {
            throw new CommandException(e.Message, innerException: e);
        }
        finally
        {
            (services as IDisposable)?.Dispose();
        }

        foreach (var note in notes.Texts)
            context.Console.Error.WriteLine($"note: {note}");
        return ExitCode.Done;
    }

    private static Option<string?> Offsets()
    {
        var option = new Option<string?>("--offsets") { Description = $"What start and end of entities count: {CodePoints}, as Python does, or {Utf16}, as JavaScript and .NET do. Default: {CodePoints}.", HelpName = "UNIT" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [.., var token] && token.Value is not (CodePoints or Utf16))
                result.AddError($"--offsets must be {CodePoints} or {Utf16}, got '{token.Value}'");
        });
        return option;
    }

    private static string? Full(string? path, CommandContext context) => path is { Length: > 0 } ? Path.GetFullPath(path, context.Console.Folder) : null;

    /// <summary>The texts of the command line, with their second ones.</summary>
    private TextExample[] Given(ParseResult parsed)
    {
        var (first, second) = (parsed.GetValue(texts) ?? [], parsed.GetValue(seconds) ?? []);
        if (second.Length > 0 && second.Length != first.Length)
            throw new CommandException($"--second-text is given {second.Length} times and --text {first.Length} times; each text of a pair needs the other (with --input, --second-text-column names where it stands)");
        return [.. first.Select((text, i) => new TextExample(text) { Second = second.Length > 0 ? second[i] : null })];
    }

    private static string Device(string? name) => name is not { Length: > 0 } ? "auto" : new DeviceNameAttribute().IsValid(name) ? name
        : throw new CommandException($"--device must be auto, cpu, cuda or cuda:n, got '{name}'");

    private static ITextPredictor Open(CommandContext context, string model, Pipelines.Homes.Home home, IServiceProvider services, string device, PredictionOptions options)
    {
        var open = context.Host.Predictor ?? throw new CommandException("this build of finetune has no models to predict with");
        var folder = Path.GetFullPath(model, context.Console.Folder);
        if (Directory.Exists(folder))
            return open(folder, home, services, device, options);
        var at = model.LastIndexOf('@');
        return at > 0 && at < model.Length - 1
            ? open(model, home, services, device, options)
            : throw new CommandException($"there is no folder {folder}; a registered model is written NAME@ALIAS, such as sentiment@champion");
    }

    private static void Write(ITextPredictor predictor, IEnumerable<TextExample[]> batches, Action<TextExample, TextPrediction> write, CommandContext context)
    {
        var unknown = new UnknownTextWarning();
        foreach (var batch in batches)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var predictions = predictor.Predict(batch, context.CancellationToken);
            for (var i = 0; i < batch.Length; i++)
            {
                write(batch[i], predictions[i]);
                unknown.Watch(batch[i], predictions[i]);
            }
        }

        unknown.Say(context.Console.Error);
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

using System.CommandLine;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Stages;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Validation;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Datasets.Reading;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Tracking;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary><c>finetune predict</c></summary>
internal sealed class PredictCommand : CliCommand
{
    private const int UsualBatch = 32, UsualTopK = 5;
    private const string StandardInput = "-";
    private static readonly string[] BadRowPolicies = ["refuse", "skip"];
    private static readonly string[] OffsetUnits = ["code-points", "utf16"];

    private readonly Option<string?> model = new("--model")
    {
        Description = "The model: its folder, or a registered one as NAME@ALIAS, such as sentiment@champion, NAME/VERSION, or NAME for its latest version.",
        HelpName = "MODEL",
    };

    private readonly Option<string[]> texts = new("--text") { Description = "A text. May be repeated.", HelpName = "TEXT", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> seconds = new("--second-text") { Description = "The second text of a pair, one for each --text, in their order.", HelpName = "TEXT", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> input = new("--input")
    {
        Description = "A file of texts: .jsonl, .csv, .tsv or .txt (a text a line), or any of them with .gz; - reads standard input to its end. All rows are looked at before the first is predicted. JSON lines may hold tokens (words to find entities among) or messages (a conversation to answer) in place of a text.",
        HelpName = "FILE",
    };

    private readonly Option<string> column = new("--text-column")
    {
        Description = "The member or column of the input that holds the text.", HelpName = "NAME", DefaultValueFactory = _ => "text",
    };

    private readonly Option<string?> secondColumn = new("--second-text-column") { Description = "The member or column of the input that holds the second text of a pair.", HelpName = "NAME" };
    private readonly Option<string?> output = new("--output") { Description = "Write the JSON lines to this file. They go to FILE.partial as they come; after an interruption the same command goes on from there. Default: standard output.", HelpName = "FILE" };
    private readonly InputFormat inputFormat = new();
    private readonly Option<string?> onBadRow = Options.Choice("--on-bad-row", "What to do with a row of the input that cannot be read: refuse the input before anything is predicted, or skip and count it. Default: refuse.", BadRowPolicies);
    private readonly Option<string?> uncalibrated = Options.Flag("--uncalibrated", "Give the model's own probabilities, as other tools do, not those at the temperature that its training fitted. The labels are the same.");
    private readonly Option<string?> system = new("--system") { Description = "The system's message to a model that was trained on conversations.", HelpName = "TEXT" };
    private readonly Option<string?> raw = Options.Flag("--raw", "Go on from the text as it is, though the model was trained on conversations or has a chat template.");
    private readonly Option<string?> topK = Options.WholeNumber("--top-k", [], $"How many tokens a masked language model names for each mask. Default: {UsualTopK}.", "N", 1, int.MaxValue);
    private readonly Option<int> maxNewTokens = new("--max-new-tokens") { Description = "The most tokens to generate.", HelpName = "N", DefaultValueFactory = _ => Usual.MaxNewTokens };
    private readonly Option<double> temperature = new("--temperature") { Description = "The temperature of sampling; 0 always takes the likeliest token.", HelpName = "T", DefaultValueFactory = _ => Usual.Temperature };
    private readonly Option<double> topP = new("--top-p") { Description = "Samples only from the likeliest tokens whose probabilities sum to this (nucleus sampling).", HelpName = "P", DefaultValueFactory = _ => Usual.TopP };
    private readonly Option<long> seed = new("--seed") { Description = "The seed of sampling.", HelpName = "N", DefaultValueFactory = _ => Usual.Seed };
    private readonly Option<string?> offsets = Options.Choice("--offsets", "What start and end of entities count: code-points, as Python does, or utf16, as JavaScript and .NET do. Default: code-points.", OffsetUnits);
    private readonly Option<string?> device = new("--device") { Description = "Where to compute: auto, cpu, cuda or cuda:n. Default: auto.", HelpName = "DEVICE" };
    private readonly Option<string?> threads = Options.WholeNumber("--threads", [], "Threads to compute with on the CPU. Default: 0, as many as there are CPU cores.", "N", 0, 4096);
    private readonly Option<string?> batchSize = Options.WholeNumber("--batch-size", [], $"Texts that are computed at once. Default: {UsualBatch}.", "N", 1, 65_536);
    private readonly Option<string?> home = Options.Home();

    private static GenerationOptions Usual { get; } = new();

    public override void Configure(Command command)
    {
        foreach (var option in (Option[])[model, texts, seconds, input, column, secondColumn, .. inputFormat.All, onBadRow, output, uncalibrated, system, raw, topK, maxNewTokens, temperature, topP, seed, offsets, device, threads, batchSize, home])
            command.Options.Add(option);
    }

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context)
    {
        var wanted = parsed.GetValue(model) is { Length: > 0 } name ? name : throw new CommandException("which model? Give --model with its folder or NAME@ALIAS, such as --model sentiment@champion");
        var given = Given(parsed);
        var hasInput = parsed.GetValue(input) is { Length: > 0 };
        var file = parsed.GetValue(input) == StandardInput ? null : Full(parsed.GetValue(input), context);
        if ((given.Length == 0) != hasInput)
            throw new CommandException(hasInput ? "give either --text or --input, not both" : "which texts? Give --text \"...\" or --input FILE");
        var written = Full(parsed.GetValue(output), context);
        if (written is not null && written == file)
            throw new CommandException($"--output would overwrite the input {file}");
        foreach (var option in (Option[])[secondColumn, .. inputFormat.All, onBadRow])
            if (!hasInput && parsed.Has(option))
                throw new CommandException($"{option.Name} is for --input{(option == secondColumn ? "; with --text give --second-text" : "")}");
        var target = Device(parsed.GetValue(device));
        var home = OpenHome.Locate(context, parsed.GetValue(this.home));
        using var services = context.Host.Services(home);
        context.Interruption.Listen();
        try
        {
            var options = OptionsOf(parsed);
            // What costs little first: is there such a model, can all of the input be read? Then the model is loaded.
            var found = Find(context, wanted, services);
            using var texts = hasInput ? await InputTexts.OpenAsync(file, ReadOptionsOf(parsed), context.Console.StandardInput, context.CancellationToken).ConfigureAwait(false) : null;
            using var progress = new PredictProgress(context, resultsAtTerminal: written is null && context.Console.IsTerminal);
            var total = texts?.Check(progress.Checked, context.CancellationToken) ?? given.Length;
            using var predictor = context.Host.Predictor!(found, services, target, options);
            var run = new PredictRun(predictor, parsed.NumberOf(batchSize, UsualBatch), progress, context);
            if (written is null)
                run.Predict(texts?.Read(context.CancellationToken) ?? given, 0, total, WriterOf(context, given));
            else
                ToFile(run, written, KeyOf(parsed, found, file, target, options), texts?.Read(context.CancellationToken) ?? given, total);
            progress.Dispose();
            if (context.Verbosity != Verbosity.Quiet)
                run.Tell(texts);
        }
        catch (PredictionInputException e)
        {
            throw new CommandException(e.Message, innerException: e);
        }

        return ExitCode.Done;
    }

    // One text at a terminal is answered for a person; JSON goes out as it is.
    private static (TextWriter Writer, bool Readable) WriterOf(CommandContext context, TextExample[] given) =>
        context.Console.IsTerminal && given.Length == 1 ? (context.Out, true) : (VisibleWriter.Under(context.Out), false);

    private static void ToFile(PredictRun run, string path, string? key, IEnumerable<TextExample> inputs, long total)
    {
        using var file = PredictionFile.Open(path, key, run.Batch);
        try
        {
            run.Predict(inputs, file.Done, total, (file.Writer, false));
        }
        catch (Exception e) when (run.Done > 0)
        {
            run.TellKept(PredictionFile.PartialOf(path), resumable: key is not null, e);
            throw;
        }

        file.Finish();
    }

    /// <summary>What tells this request from others; null where what it reads is gone afterwards.</summary>
    private string? KeyOf(ParseResult parsed, string model, string? file, string device, PredictionOptions options) => file is null ? null : PredictionFile.KeyOf(
        "1", PredictionFile.StateOf(model), model, PredictionFile.StateOf(file), device, $"{options}", $"{ReadOptionsOf(parsed)}", $"{parsed.NumberOf(batchSize, UsualBatch)}");

    private PredictionOptions OptionsOf(ParseResult parsed) => new()
    {
        Calibrated = !parsed.Has(uncalibrated),
        Raw = parsed.Has(raw),
        System = parsed.GetValue(system),
        TopK = parsed.NumberOf(topK, UsualTopK),
        Threads = parsed.NumberOf(threads, 0),
        Offsets = "utf16".Equals(parsed.GetValue(offsets), StringComparison.OrdinalIgnoreCase) ? OffsetUnit.Utf16 : OffsetUnit.CodePoints,
        Generation = new()
        {
            MaxNewTokens = parsed.GetValue(maxNewTokens), Temperature = parsed.GetValue(temperature), TopP = parsed.GetValue(topP), Seed = parsed.GetValue(seed),
        },
    };

    private ReadOptions ReadOptionsOf(ParseResult parsed) => inputFormat.Read(parsed, parsed.GetValue(column)!, parsed.GetValue(secondColumn)) with
    {
        BadRows = "skip".Equals(parsed.GetValue(onBadRow), StringComparison.OrdinalIgnoreCase) ? BadRowPolicy.Skip : BadRowPolicy.Fail,
    };

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

    /// <summary>The model's folder, or its name where this build has no registry to ask.</summary>
    private static string Find(CommandContext context, string model, StageServices services)
    {
        if (context.Host.Predictor is null)
            throw new CommandException("this build of finetune has no models to predict with");
        var folder = Path.GetFullPath(model, context.Console.Folder);
        if (Directory.Exists(folder) || context.Host.Locate is not { } locate)
            return Directory.Exists(folder) ? folder : model;
        try
        {
            return locate(model, services);
        }
        catch (TrackingException e)
        {
            throw new CommandException($"--model: there is no folder {folder}. {e.Message} A registered model is written NAME@ALIAS, NAME/VERSION, or NAME for its latest version", innerException: e);
        }
    }
}

using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Cli.Tests.Fixture;

/// <summary>Small stages with the shapes of the real ones.</summary>
public static class TestStages
{
    public static StageCatalog Catalog { get; } = new(
        typeof(Fetch), typeof(Augment), typeof(Tokenize), typeof(Train), typeof(Evaluate), typeof(Register), typeof(Break), typeof(Wait));

    public static CliHost Host { get; } = new(() => Catalog, home => new StageServices(home));

    private static void Write(StageContext context, string artifact, string text) => File.WriteAllText(Path.Combine(context.Output(artifact), "content.txt"), text);

    private static string Read(StageContext context, string artifact) => File.ReadAllText(context.Input(artifact).File("content.txt"));

    [Stage("FineTune.Fetch", Description = "Reads a file.")]
    [Produces("dataset")]
    public sealed record Fetch : Stage
    {
        [Parameter("The file to read.")]
        [Required]
        public string Path { get; init; } = "";

        [Parameter("What to do with a row that cannot be read.", Order = 1)]
        [AllowedValues("fail", "skip")]
        public string OnBadRow { get; init; } = "fail";

        [Parameter("A token for the download.", Order = 2, Category = "Access", Secret = true)]
        public string? Token { get; init; }

        public override IEnumerable<InputPath> InputPaths() => [new(nameof(Path), Path)];

        public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            Write(context, "dataset", File.ReadAllText(context.InputFiles(nameof(Path))[0].FullPath));
            context.Note("2 rows read");
            return Task.CompletedTask;
        }
    }

    [Stage("FineTune.Augment", Description = "Makes more of it.")]
    [Consumes("dataset")]
    [Produces("dataset")]
    public sealed record Augment : Stage
    {
        public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            Write(context, "dataset", Read(context, "dataset") + "more\n");
            return Task.CompletedTask;
        }
    }

    [Stage("FineTune.Tokenize", Version = 2, Description = "Turns texts into tokens.")]
    [Consumes("dataset")]
    [Produces("tokens")]
    public sealed record Tokenize : Stage
    {
        [Parameter("The longest text, in tokens.")]
        [Range(8, 512)]
        public int MaxLength { get; init; } = 128;

        public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            Write(context, "tokens", $"{Read(context, "dataset").Length} {MaxLength}");
            return Task.CompletedTask;
        }
    }

    [Stage("FineTune.Train", Description = "Trains a model.")]
    [Consumes("tokens")]
    [Produces("model")]
    public sealed record Train : Stage
    {
        [Parameter("How often the data is gone through.")]
        [Range(1, 100)]
        public int Epochs { get; init; } = 3;

        [Parameter("The size of a step.", Order = 1)]
        [Range(0.0, 1.0)]
        public double LearningRate { get; init; } = 2e-5;

        public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            for (var step = 1; step <= Epochs * 10; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                context.LogMetric("train/loss", 1.0 / step, step);
                context.Report(new(step, Epochs * 10, "steps", "loss 0.5"));
            }

            Write(context, "model", $"{Read(context, "tokens")} {Epochs} {LearningRate:R}");
            return Task.CompletedTask;
        }
    }

    [Stage("FineTune.Evaluate", Description = "Tests a model.")]
    [Consumes("model")]
    [Consumes("dataset")]
    [Produces("evaluation")]
    public sealed record Evaluate : Stage
    {
        public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            context.LogMetrics(
            [
                new("test/accuracy", 0.8125), new("test/accuracy_low", 0.79), new("test/accuracy_high", 0.835), new("test/f1_macro", 0.811), new("baseline/accuracy", 0.79),
                new("baseline/f1_macro", 0.7875),
            ]);
            Write(context, "evaluation", Read(context, "model"));
            return Task.CompletedTask;
        }
    }

    [Stage("FineTune.Register", Description = "Registers a model.")]
    [Consumes("model")]
    [Consumes("evaluation", Optional = true)]
    [Produces("registration")]
    public sealed record Register : Stage
    {
        [Parameter("The model's name.")]
        public string Model { get; init; } = "sentiment";

        [Parameter("Whether to say which artifact the model is.", Order = 1)]
        public bool WithDigest { get; init; }

        public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            context.SetTag("model/name", Model);
            context.SetTag("model/version", "1");
            context.SetTag("model/alias", "champion");
            if (WithDigest)
                context.SetTag("model/digest", context.Input("model").Digest);
            Write(context, "registration", Model);
            return Task.CompletedTask;
        }
    }

    [Stage("FineTune.Break", Description = "Fails.")]
    public sealed record Break : Stage
    {
        [Parameter("Whether it is the user's fault.")]
        public bool Mine { get; init; }

        public override Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
            throw (Mine ? new InvalidOperationException("a defect") : new StageException("data.csv, line 3: the label 'x' is not known"));
    }

    [Stage("FineTune.Wait", Description = "Waits until it is stopped.")]
    [Produces("nothing")]
    public sealed record Wait : Stage
    {
        [Parameter("A file that it makes when it begins.")]
        public string Signal { get; init; } = "";

        public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
        {
            await File.WriteAllTextAsync(Signal, "", CancellationToken.None);
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, cancellationToken);
        }
    }
}

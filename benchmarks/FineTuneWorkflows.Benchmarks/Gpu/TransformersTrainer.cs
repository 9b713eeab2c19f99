using System.Text.Json;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Learning.Runtime;

namespace FineTuneWorkflows.Benchmarks.Gpu;

/// <summary>transformers' Trainer, the rival, where the environment variable <c>FINETUNE_PYTHON</c> says how to start a Python that has it and peft, such as <c>python3</c>.</summary>
internal static class TransformersTrainer
{
    private const string Variable = "FINETUNE_PYTHON";

    /// <summary>What the table says of a rival that is not there.</summary>
    public const string NotAtHand = $"transformers: not at hand ({Variable})";

    public static bool IsAtHand => Command.Length > 0;

    private static string[] Command => (Environment.GetEnvironmentVariable(Variable) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Has it train.</summary>
    /// <param name="the">What.</param>
    /// <param name="device">Where.</param>
    /// <param name="folder">The model.</param>
    /// <param name="compiled">Whether by torch.compile.</param>
    /// <returns><c>speed</c> in samples a second, <c>memory</c> in bytes.</returns>
    /// <exception cref="BenchmarkException">It failed; says what it wrote.</exception>
    public static async Task<Dictionary<string, double>> MeasureAsync(GpuCase the, TorchDevice device, string folder, bool compiled)
    {
        using var script = new StreamReader(typeof(TransformersTrainer).Assembly.GetManifestResourceStream("trainer.py")!);
        var settings = JsonSerializer.Serialize(new
        {
            folder, decoder = the.IsDecoder, device = device.IsCuda ? "cuda" : "cpu", index = device.Index, batch = the.Batch, tokens = the.Tokens, warmup = the.Warmup, steps = the.Steps, compiled,
            rank = GpuCase.Rank, alpha = GpuCase.Alpha, rate = the.Options.LearningRate, decay = the.Options.WeightDecay, warmup_ratio = the.Options.WarmupRatio,
        });
        var run = (await ProgramRun.RunAsync(Command[0], [.. Command[1..], "-c", await script.ReadToEndAsync(), settings])).Checked(compiled ? "transformers' Trainer with torch.compile" : "transformers' Trainer");
        var json = run.Output.Split('\n').LastOrDefault(line => line.StartsWith('{')) ?? throw new BenchmarkException($"transformers' Trainer printed no figures: {run.Output}");
        return JsonSerializer.Deserialize<Dictionary<string, double>>(json)!;
    }
}

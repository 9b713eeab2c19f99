using System.Globalization;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Benchmarks.ManyStages;

/// <summary>A stage that does nothing but leave one small file, so that what is measured is the engine.</summary>
[Stage("Benchmark.Stamp", Description = "Leaves a number in a file.")]
[Consumes("stamp", Optional = true)]
[Produces("stamp")]
public sealed record StampStage : Stage
{
    /// <summary>The name of the artifact's only file.</summary>
    public const string FileName = "stamp.txt";

    /// <summary>Makes this stage's artifact differ from the others'.</summary>
    [Parameter("The number.")]
    public int Number { get; init; }

    /// <summary>Changed to make all stages run anew.</summary>
    [Parameter("The seed.")]
    public int Seed { get; init; }

    /// <inheritdoc />
    public override Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        File.WriteAllText(Path.Combine(context.Output("stamp"), FileName), Content(Number, Seed));
        return Task.CompletedTask;
    }

    /// <summary>What the file holds.</summary>
    public static string Content(int number, int seed) => string.Create(CultureInfo.InvariantCulture, $"stamp {number} of {seed}\n");
}

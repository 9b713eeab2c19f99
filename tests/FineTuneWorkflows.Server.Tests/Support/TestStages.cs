using System.ComponentModel.DataAnnotations;
using System.Globalization;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Server.Tests.Support;

/// <summary>Small stages for tests. Each notes in the file that <c>FINETUNE_TEST_LOG</c> names that it ran.</summary>
internal static class TestStages
{
    public static StageCatalog Catalog { get; } = new(typeof(MakeStage), typeof(WorkStage), typeof(CountStage));

    public static void Note(string line)
    {
        if (Environment.GetEnvironmentVariable("FINETUNE_TEST_LOG") is { Length: > 0 } log)
            lock (Catalog)
                File.AppendAllText(log, line + "\n");
    }
}

public enum Shade
{
    Light,
    Dark,
}

[Stage("Test.Make", Description = "Makes a data set.")]
[Produces("dataset")]
public sealed record MakeStage : Stage
{
    [Parameter("The text.", MultiLine = true), Required]
    public string Text { get; init; } = "hello";

    [Parameter("A file to read instead.")]
    public string Source { get; init; } = "";

    public override IEnumerable<InputPath> InputPaths() => Source.Length > 0 ? [new(nameof(Source), Source)] : [];

    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        TestStages.Note($"{context.StageId} runs");
        var text = Source.Length > 0 ? await File.ReadAllTextAsync(context.InputFiles(nameof(Source))[0].FullPath, cancellationToken) : Text;
        await File.WriteAllTextAsync(Path.Combine(context.Output("dataset"), "text.txt"), text, cancellationToken);
    }
}

[Stage("Test.Work", Version = 3, Description = "Works in steps, with a checkpoint after each.")]
[Consumes("dataset")]
[Produces("dataset")]
public sealed record WorkStage : Stage
{
    [Parameter("How many steps."), Range(1, 1000)]
    public int Steps { get; init; } = 1;

    [Parameter("How long a step takes.", AffectsResult = false), Range(0, 60_000)]
    public int StepMilliseconds { get; init; }

    [Parameter("A rate."), Range(0.0, 1.0)]
    public double Rate { get; init; } = 0.5;

    [Parameter("A shade.")]
    public Shade Shade { get; init; }

    [Parameter("Whether it is loud.")]
    public bool Loud { get; init; } = true;

    [Parameter("Some words.")]
    public IReadOnlyList<string> Words { get; init; } = [];

    [Parameter("A limit; empty is none."), Range(1, 10)]
    public int? Limit { get; init; }

    [Parameter("A file without which it fails.", AffectsResult = false)]
    public string Needs { get; init; } = "";

    [Parameter("A token.", Secret = true)]
    public string Token { get; init; } = "";

    [Parameter("A file that it waits for before its first step.", AffectsResult = false)]
    public string WaitsFor { get; init; } = "";

    public override bool IsLong => StepMilliseconds > 0 || WaitsFor.Length > 0;

    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        if (Needs.Length > 0 && !File.Exists(Needs))
            throw new StageException($"parameter {nameof(Needs)}: the file {Needs} is not there");
        var checkpoint = Path.Combine(context.WorkFolder, "step");
        var done = File.Exists(checkpoint) ? int.Parse(await File.ReadAllTextAsync(checkpoint, cancellationToken), CultureInfo.InvariantCulture) : 0;
        TestStages.Note($"{context.StageId} runs from {done}");
        while (WaitsFor.Length > 0 && !File.Exists(WaitsFor))
            await Task.Delay(20, cancellationToken);
        for (var step = done; step < Steps; step++)
        {
            await Task.Delay(StepMilliseconds, cancellationToken);
            // A kill between the file's making and its content must leave the checkpoint before it.
            await File.WriteAllTextAsync(checkpoint + ".new", (step + 1).ToString(CultureInfo.InvariantCulture), CancellationToken.None);
            File.Move(checkpoint + ".new", checkpoint, overwrite: true);
            context.Report(new(step + 1, Steps, "steps"));
        }

        context.LogMetric("steps", Steps);
        var text = await File.ReadAllTextAsync(context.Input("dataset").File("text.txt"), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(context.Output("dataset"), "text.txt"), Loud ? text.ToUpperInvariant() : text, cancellationToken);
    }
}

[Stage("Test.Count", Description = "Counts letters.")]
[Consumes("dataset")]
[Produces("count")]
public sealed record CountStage : Stage
{
    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        TestStages.Note($"{context.StageId} runs");
        var text = await File.ReadAllTextAsync(context.Input("dataset").File("text.txt"), cancellationToken);
        context.LogMetric("letters", text.Length);
        await File.WriteAllTextAsync(Path.Combine(context.Output("count"), "count.txt"), text.Length.ToString(CultureInfo.InvariantCulture), cancellationToken);
    }
}

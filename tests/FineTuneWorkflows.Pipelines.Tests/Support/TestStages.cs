using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Tests.Support;

/// <summary>What test stages do besides their work: counted, made to fail, made to wait.</summary>
public sealed class Probe : IServiceProvider
{
    private readonly Lock gate = new();

    public List<string> Executed { get; } = [];

    public Func<StageContext, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    public object? GetService(Type serviceType) => serviceType == typeof(Probe) ? this : null;

    public async Task EnterAsync(StageContext context, CancellationToken cancellationToken)
    {
        lock (gate)
            Executed.Add(context.StageId);
        await Before(context, cancellationToken);
    }
}

public enum Shade
{
    Light,
    Dark,
}

[Stage("Test.Read", Description = "Reads a file.")]
[Produces("dataset")]
public sealed record ReadStage : Stage
{
    [Parameter("The file."), Required]
    public string Source { get; init; } = "";

    public override IEnumerable<InputPath> InputPaths() => [new(nameof(Source), Source)];

    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        await context.Service<Probe>().EnterAsync(context, cancellationToken);
        foreach (var file in context.InputFiles(nameof(Source)))
            File.Copy(file.FullPath, Path.Combine(context.Output("dataset"), Path.GetFileName(file.RelativePath)));
    }
}

[Stage("Test.Shout", Version = 2, Description = "Makes a data set louder.")]
[Consumes("dataset")]
[Produces("dataset")]
public sealed record ShoutStage : Stage
{
    [Parameter("What to append."), StringLength(5)]
    public string Mark { get; init; } = "!";

    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        await context.Service<Probe>().EnterAsync(context, cancellationToken);
        foreach (var file in Directory.GetFiles(context.Input("dataset").Path))
            await File.WriteAllTextAsync(
                Path.Combine(context.Output("dataset"), Path.GetFileName(file)), (await File.ReadAllTextAsync(file, cancellationToken)).ToUpperInvariant() + Mark, cancellationToken);
    }
}

[Stage("Test.Count", Description = "Counts letters.")]
[Consumes("dataset")]
[Produces("count")]
public sealed record CountStage : Stage
{
    [Parameter("The first number."), Range(0, 100)]
    public int Start { get; init; } = 1;

    [Parameter("A factor."), Range(0.0, 1.0)]
    public double Factor { get; init; } = 0.5;

    [Parameter("A shade.")]
    public Shade Shade { get; init; }

    [Parameter("Threads.", AffectsResult = false)]
    public int Threads { get; init; } = 1;

    [Parameter("A token.", Secret = true)]
    public string Token { get; init; } = "";

    [Parameter("Some words.")]
    public IReadOnlyList<string> Words { get; init; } = [];

    [Parameter("A limit.")]
    public int? Limit { get; init; }

    public override IEnumerable<string> Check() => Start > 90 && Shade == Shade.Dark ? ["Start and Shade: over 90 it must be Light"] : [];

    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        await context.Service<Probe>().EnterAsync(context, cancellationToken);
        var letters = Directory.GetFiles(context.Input("dataset").Path).Sum(f => File.ReadAllText(f).Length);
        context.LogMetric("letters", Start + letters);
        context.SetTag("counted", "yes");
        await File.WriteAllTextAsync(Path.Combine(context.Output("count"), "count.txt"), (Start + letters).ToString(System.Globalization.CultureInfo.InvariantCulture), cancellationToken);
    }
}

[Stage("Test.Report", Description = "Reports.")]
[Consumes("count")]
[Consumes("extra", Optional = true)]
[Produces("report")]
public sealed record ReportStage : Stage
{
    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        await context.Service<Probe>().EnterAsync(context, cancellationToken);
        File.Copy(context.Input("count").File("count.txt"), Path.Combine(context.Output("report"), "report.txt"));
    }
}

[Stage("Test.Extra", Description = "Makes something on the side.")]
[Produces("extra")]
public sealed record ExtraStage : Stage
{
    [Parameter("What it says.")]
    public string Text { get; init; } = "more";

    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        await context.Service<Probe>().EnterAsync(context, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(context.Output("extra"), "extra.txt"), Text, cancellationToken);
    }
}

[Stage("Test.Tell", Description = "Needs nothing and makes nothing.")]
public sealed record TellStage : Stage
{
    public override Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        context.Service<Probe>().EnterAsync(context, cancellationToken);
}

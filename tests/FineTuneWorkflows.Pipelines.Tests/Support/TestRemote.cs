using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Tests.Support;

/// <summary>Another machine, in memory: a branch whose meaning a test moves, and one file per meaning.</summary>
public sealed class TestRemote : IRemoteInput
{
    private static readonly ConcurrentDictionary<string, TestRemote> All = new();

    private readonly string folder;

    public TestRemote(string folder)
    {
        this.folder = folder;
        All[Reference] = this;
    }

    public string Reference { get; } = $"mem://{Guid.NewGuid():N}";

    public string Host => "remote.example.org";

    public string Meaning { get; set; } = "one";

    public string? Problem { get; set; }

    public Func<Task> WhileFetching { get; set; } = () => Task.CompletedTask;

    public int Pins { get; private set; }

    public List<string> Fetched { get; } = [];

    public static TestRemote Of(string reference) => All[reference];

    public Task<string> PinAsync(CancellationToken cancellationToken)
    {
        Pins++;
        return Problem is null ? Task.FromResult($"{Reference}@{Meaning}") : throw new StageException(Problem);
    }

    public Task<RemoteDownload?> MissingAsync(string pinned, CancellationToken cancellationToken) =>
        Task.FromResult(Directory.Exists(FolderOf(pinned)) ? null : new RemoteDownload(pinned, 1_500_000));

    public async Task<string> FetchAsync(string pinned, IProgress<Progress> progress, CancellationToken cancellationToken)
    {
        Fetched.Add(pinned);
        progress.Report(new(1, 2, "bytes", "downloading"));
        await WhileFetching();
        cancellationToken.ThrowIfCancellationRequested();
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(FolderOf(pinned)).FullName, "text.txt"), pinned.Split('@')[1], cancellationToken);
        return FolderOf(pinned);
    }

    private string FolderOf(string pinned) => Path.Combine(folder, "remote-" + pinned.Split('@')[1]);
}

[Stage("Test.Download", Description = "Reads a file of another machine.")]
[Produces("dataset")]
public sealed record DownloadStage : Stage
{
    [Parameter("The branch."), Required]
    public string Branch { get; init; } = "";

    public override IEnumerable<InputPath> InputPaths() =>
    [
        new(nameof(Branch), "text.txt") { Remote = TestRemote.Of(Branch) }, new(nameof(Branch), "more.txt", Optional: true) { Remote = TestRemote.Of(Branch) },
    ];

    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        await context.Service<Probe>().EnterAsync(context, cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(context.Output("dataset"), "text.txt"),
            await File.ReadAllTextAsync(Assert.Single(context.InputFiles(nameof(Branch))).FullPath, cancellationToken) + context.PinnedInput(nameof(Branch)), cancellationToken);
    }
}

[Stage("Test.DownloadMore", Description = "Reads the same file of another machine, later.")]
[Consumes("dataset")]
[Produces("count")]
public sealed record DownloadMoreStage : Stage
{
    [Parameter("The branch."), Required]
    public string Branch { get; init; } = "";

    public override IEnumerable<InputPath> InputPaths() => [new(nameof(Branch), ".") { Remote = TestRemote.Of(Branch) }];

    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        await context.Service<Probe>().EnterAsync(context, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(context.Output("count"), "count.txt"), context.PinnedInput(nameof(Branch)), cancellationToken);
    }
}

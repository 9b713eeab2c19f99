using System.Text.Json;
using FineTuneWorkflows.Pipelines.Artifacts;
using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Pipelines.Sources;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>The parts of the stage engine, put together over one home.</summary>
public sealed class Engine : IDisposable
{
    private readonly FileHashCache hashes;

    private Engine(Home home, IServiceProvider services, TimeProvider time, AllowedSources sources)
    {
        Home = home;
        hashes = new(home);
        Artifacts = new(home, hashes);
        Records = new(home);
        var memories = new PipelineMemoryStore(home);
        var check = new UpToDateCheck(hashes, Artifacts, Records, memories, sources);
        Executor = new(home, Artifacts, Records, memories, check, services, sources, time);
        Runner = new(home, Executor, check, memories, time);
        Cleaner = new(home, Artifacts, Records, time);
    }

    /// <summary>The home.</summary>
    public Home Home { get; }

    /// <summary>The artifacts.</summary>
    public ArtifactStore Artifacts { get; }

    /// <summary>The run cache.</summary>
    public StageRecordStore Records { get; }

    /// <summary>Executes single stages.</summary>
    public StageExecutor Executor { get; }

    /// <summary>Runs pipelines.</summary>
    public PipelineRunner Runner { get; }

    /// <summary>Removes what nobody needs.</summary>
    public HomeCleaner Cleaner { get; }

    /// <summary>Opens the engine.</summary>
    /// <param name="home">The home.</param>
    /// <param name="services">What stages may ask for with <see cref="Contract.StageContext.Service{T}"/>.</param>
    /// <param name="time">The clock. Default: the system's.</param>
    /// <param name="sources">Where stages may read from. Default: everywhere.</param>
    public static Engine Open(Home home, IServiceProvider services, TimeProvider? time = null, AllowedSources? sources = null) =>
        new(home, services, time ?? TimeProvider.System, sources ?? AllowedSources.Everything);

    /// <summary>Loads what reading and writing of runs needs: a program may do that on another thread while it starts.</summary>
    public static void Prepare()
    {
        _ = JsonSerializer.SerializeToUtf8Bytes(new RunResumed(default, ""), RunJson.Default.RunEvent);
        _ = JsonSerializer.Deserialize("null"u8, CacheJson.Default.PipelineMemory);
        _ = JsonSerializer.Deserialize("null"u8, CacheJson.Default.StageRecord);
    }

    /// <inheritdoc />
    public void Dispose() => hashes.Dispose();
}

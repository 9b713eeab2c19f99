using System.Text.Json;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Foundation.Locks;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>
/// What the names of remote inputs mean in one run: asked once and kept in the run's folder, so that all its stages have the same files although a branch moves meanwhile, and a run that
/// was interrupted goes on with those that it began with. A plan asks for itself and writes nothing.
/// </summary>
internal sealed class RunPins
{
    public const string FileName = "pins.json";

    private readonly string? file;
    private readonly string? lockFile;
    private Dictionary<string, string> known;

    private RunPins(string? file, string? lockFile, Dictionary<string, string> known)
    {
        this.file = file;
        this.lockFile = lockFile;
        this.known = known;
    }

    /// <summary>Those of a run.</summary>
    public static RunPins Of(Home home, string runId) => new(PathOf(home, runId), Path.Combine(home.Locks, $"pins-{runId}.lock"), []);

    /// <summary>Those of a plan.</summary>
    /// <param name="home">The home.</param>
    /// <param name="resumed">The run that would go on; null where a new one would begin.</param>
    public static RunPins OfPlan(Home home, string? resumed) => new(null, null, resumed is null ? [] : Read(PathOf(home, resumed)));

    /// <summary>Has the run ask anew.</summary>
    public static void Forget(Home home, string runId) => File.Delete(PathOf(home, runId));

    /// <summary>What the input's name means in this run.</summary>
    /// <exception cref="StageException">There is no such thing, or the other machine does not answer.</exception>
    public async Task<string> OfAsync(IRemoteInput input, CancellationToken cancellationToken)
    {
        // Stages that run at once, perhaps in several processes, must not ask for themselves.
        using var alone = lockFile is null ? null : await FileLock.AcquireAsync(lockFile, shared: false, null, cancellationToken).ConfigureAwait(false);
        if (file is not null)
            known = Read(file);
        if (known.TryGetValue(input.Reference, out var pinned))
            return pinned;
        known[input.Reference] = pinned = await input.PinAsync(cancellationToken).ConfigureAwait(false);
        if (file is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            DurableFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(known), flush: false);
        }

        return pinned;
    }

    private static string PathOf(Home home, string runId) => Path.Combine(home.Runs, runId, FileName);

    private static Dictionary<string, string> Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(file)) ?? [] : [];
        }
        catch (JsonException e)
        {
            throw new StageException($"{file} is damaged: {e.Message} It says which commits the run's remote inputs are pinned to; delete it to have them asked for anew", e);
        }
    }
}

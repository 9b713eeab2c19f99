namespace FineTuneWorkflows.Pipelines.Homes;

/// <summary>
/// The folder that holds all state: artifacts, stage records, runs, work folders, locks. Several processes may use one home at once.
/// </summary>
public sealed class Home
{
    private Home(string root) => Root = root;

    /// <summary>Its full path.</summary>
    public string Root { get; }

    /// <summary>Artifacts by digest.</summary>
    public string Objects => Path.Combine(Root, "objects");

    /// <summary>What each fingerprint produced.</summary>
    public string Stages => Path.Combine(Root, "stages");

    /// <summary>One folder per run.</summary>
    public string Runs => Path.Combine(Root, "runs");

    /// <summary>Scratch and checkpoints of stages that have not succeeded yet, by fingerprint.</summary>
    public string Work => Path.Combine(Root, "work");

    /// <summary>What each pipeline's stages were last asked to do.</summary>
    public string Pipelines => Path.Combine(Root, "pipelines");

    /// <summary>Lock files.</summary>
    public string Locks => Path.Combine(Root, "locks");

    /// <summary>Digests of files already read, keyed by path, size and time of change.</summary>
    public string FileHashes => Path.Combine(Root, "file-hashes.tsv");

    /// <summary>The SQLite database of the run index, the tracking outbox and the model registry.</summary>
    public string StateDatabase => Path.Combine(Root, "state.db");

    /// <summary>Opens a home, making it where there is none.</summary>
    /// <param name="path">The folder; null takes <c>FINETUNE_HOME</c>, else <c>.finetune</c> in the current folder.</param>
    /// <exception cref="HomeException">The folder cannot be made or written.</exception>
    public static Home Open(string? path = null)
    {
        path ??= Environment.GetEnvironmentVariable("FINETUNE_HOME") is { Length: > 0 } fromEnvironment ? fromEnvironment : ".finetune";
        var home = new Home(Path.GetFullPath(path));
        try
        {
            foreach (var folder in (string[])[home.Objects, home.Stages, home.Runs, home.Work, home.Pipelines, home.Locks])
                Directory.CreateDirectory(folder);
            // Directories that exist say nothing about whether one may write there.
            using var probe = new FileStream(Path.Combine(home.Locks, "home.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new HomeException($"the home folder {home.Root} cannot be written: {e.Message} Choose another with --home or FINETUNE_HOME.", e);
        }

        return home;
    }

    /// <summary>Keeps <see cref="TryLockForCleaning"/> out while stages may be running. Any number of processes may hold it.</summary>
    /// <exception cref="HomeException">The home is being cleaned right now and was not free within <paramref name="patience"/>.</exception>
    public async Task<FileLock> EnterAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Locks, "home.lock");
        cancellationToken.ThrowIfCancellationRequested();
        // It nearly always is free, and then no timer has to be started.
        if (FileLock.TryAcquire(path, shared: true) is { } held)
            return held;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            return await FileLock.AcquireAsync(path, shared: true, null, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HomeException($"the home folder {Root} is being cleaned by another process; try again when it is done");
        }
    }

    /// <summary>The sole use of the home, for removing what nobody needs; null while any run is going on.</summary>
    public FileLock? TryLockForCleaning() => FileLock.TryAcquire(Path.Combine(Locks, "home.lock"), shared: false);

    internal string StageLock(string fingerprint) => Path.Combine(Locks, $"stage-{fingerprint[..16]}.lock");

    internal string RunLock(string runId) => Path.Combine(Locks, $"run-{runId}.lock");
}

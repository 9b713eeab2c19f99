using FineTuneWorkflows.Foundation.Locks;

namespace FineTuneWorkflows.Pipelines.Homes;

/// <summary>
/// The folder that holds all state: artifacts, stage records, runs, work folders, locks. Several processes may use one home at once.
/// </summary>
public sealed class Home
{
    private readonly string? id;

    private Home(string root, string? id, bool isReadOnly)
    {
        this.id = id;
        Root = root;
        IsReadOnly = isReadOnly;
    }

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

    /// <summary>The registered models and their aliases: a file that is only ever appended to.</summary>
    public string Registry => Path.Combine(Root, "registry.jsonl");

    /// <summary>The SQLite database of the run index and the tracking outbox. What it holds can be read again from the journals.</summary>
    public string StateDatabase => Path.Combine(Root, "state.db");

    /// <summary>Whether the folder is a home: marked as one, or one of an earlier version, which had no marker.</summary>
    public bool Exists => id is not null || HomeLayout.IsHome(Root);

    /// <summary>Whether it was opened only to look: then nothing is made in it.</summary>
    public bool IsReadOnly { get; }

    /// <summary>
    /// What tells this home from any other, 32 hexadecimal digits: made when the home is made and kept in its marker, <c>home.json</c>. It stays when the home is moved; a copy has it, too.
    /// </summary>
    /// <exception cref="HomeException">The home was only looked for and has no marker.</exception>
    public string Id => id ?? throw new HomeException($"the folder {Root} is not marked as a home");

    /// <summary>Opens a home, making it where there is none.</summary>
    /// <param name="path">The folder; null takes <c>FINETUNE_HOME</c>, else <c>.finetune</c> in the current folder.</param>
    /// <exception cref="HomeException">
    /// The path is empty, the folder cannot be made or written, its marker is damaged or of a newer version, or it has none and something that is not a home's stands where a home keeps its own.
    /// </exception>
    public static Home Open(string? path = null)
    {
        var root = RootOf(path);
        try
        {
            var id = HomeMarker.Read(root);
            if (id is null)
            {
                if (HomeLayout.Foreign(root) is { } foreign)
                    throw new HomeException($"the folder {root} is not a home and cannot become one: {foreign} is not finetune's. Choose another with --home or FINETUNE_HOME, or move that away.");
                Directory.CreateDirectory(root);
                id = HomeMarker.Make(root);
            }

            var home = new Home(root, id, isReadOnly: false);
            foreach (var folder in (string[])[home.Objects, home.Stages, home.Runs, home.Work, home.Pipelines, home.Locks])
                Directory.CreateDirectory(folder);
            // Directories that exist say nothing about whether one may write there.
            using var probe = new FileStream(Path.Combine(home.Locks, "home.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            return home;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new HomeException($"the home folder {root} cannot be written: {e.Message} Choose another with --home or FINETUNE_HOME.", e);
        }
    }

    /// <summary>Looks at a home without making or changing anything; works where nothing may be written, and where there is no home (<see cref="Exists"/>).</summary>
    /// <param name="path">The folder; null takes <c>FINETUNE_HOME</c>, else <c>.finetune</c> in the current folder.</param>
    /// <exception cref="HomeException">The path is empty, or the marker cannot be read, is damaged or of a newer version.</exception>
    public static Home Find(string? path = null)
    {
        var root = RootOf(path);
        try
        {
            return new(root, HomeMarker.Read(root), isReadOnly: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HomeException($"the home folder {root} cannot be read: {e.Message} Choose another with --home or FINETUNE_HOME.", e);
        }
    }

    /// <summary>Opens a home that is there, and makes none.</summary>
    /// <param name="path">The folder; null takes <c>FINETUNE_HOME</c>, else <c>.finetune</c> in the current folder.</param>
    /// <exception cref="HomeException">There is no home in the folder, or it cannot be written.</exception>
    public static Home OpenExisting(string? path = null)
    {
        var found = Find(path);
        return found.Exists ? Open(found.Root) : throw new HomeException($"there is no home in {found.Root}; name it with --home or FINETUNE_HOME");
    }

    // An empty path would be the current folder, and everything there would pass for a home's.
    private static string RootOf(string? path)
    {
        if (path is null && Environment.GetEnvironmentVariable("FINETUNE_HOME") is { } variable)
            path = variable.Trim().Length > 0 ? variable : throw new HomeException("FINETUNE_HOME is empty; name a folder, or unset it for .finetune in the current folder");
        path ??= ".finetune";
        if (path.Trim().Length == 0)
            throw new HomeException("the home folder is empty; name one with --home or FINETUNE_HOME, or leave both out for .finetune in the current folder");
        try
        {
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or PathTooLongException)
        {
            throw new HomeException($"the home folder '{path}' is no path: {e.Message}", e);
        }
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

    /// <summary>As <see cref="EnterAsync"/>, without waiting; null while the home is being cleaned.</summary>
    public FileLock? TryEnter() => FileLock.TryAcquire(Path.Combine(Locks, "home.lock"), shared: true);

    /// <summary>The sole use of the home, for removing what nobody needs; null while any run is going on.</summary>
    public FileLock? TryLockForCleaning() => FileLock.TryAcquire(Path.Combine(Locks, "home.lock"), shared: false);

    internal string StageLock(string fingerprint) => Path.Combine(Locks, $"stage-{fingerprint[..16]}.lock");

    internal string RunLock(string runId) => Path.Combine(Locks, $"run-{runId}.lock");
}

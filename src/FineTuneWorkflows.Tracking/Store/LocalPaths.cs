using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Tracking.Store;

/// <summary>
/// Files that events name are kept as they are seen from the database's folder where they lie in it, so that a home that was moved or copied finds its own; others with their full path.
/// </summary>
internal sealed class LocalPaths(string databasePath)
{
    private readonly string _folder = Path.GetDirectoryName(databasePath)!;

    /// <summary>The event as it is stored.</summary>
    public TrackingEvent Stored(TrackingEvent item) => item switch
    {
        ArtifactProduced { LocalPath: { Length: > 0 } path } artifact => artifact with { LocalPath = Seen(path) },
        ModelLogged { LocalPath: { Length: > 0 } path } model => model with { LocalPath = Seen(path) },
        _ => item,
    };

    /// <summary>The event as it was given.</summary>
    public T Given<T>(T item) where T : TrackingEvent => (T)(TrackingEvent)(item switch
    {
        ArtifactProduced artifact => artifact with { LocalPath = Full(artifact.LocalPath) },
        ModelLogged model => model with { LocalPath = Full(model.LocalPath) },
        _ => item,
    });

    private string Full(string path) => Path.GetFullPath(path, _folder);

    private string Seen(string path)
    {
        var full = Path.GetFullPath(path);
        var relative = Path.GetRelativePath(_folder, full);
        return Path.IsPathRooted(relative) || relative == ".." || relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? full : relative.Replace('\\', '/');
    }
}

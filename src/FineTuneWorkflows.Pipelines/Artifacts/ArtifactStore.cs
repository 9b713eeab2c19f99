using System.Text;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Pipelines.Artifacts;

/// <summary>
/// Artifacts by the digest of their content: <c>objects/&lt;2&gt;/&lt;sha256&gt;/</c> with the files, and <c>&lt;sha256&gt;.manifest</c> beside it. An artifact is there whole or not at
/// all; equal content is kept once; nothing is handed out whose bytes do not match its digest.
/// </summary>
public sealed class ArtifactStore
{
    private const UnixFileMode ReadOnlyFile = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly Home home;
    private readonly FileHashCache hashes;

    /// <summary>Opens the store of a home.</summary>
    public ArtifactStore(Home home, FileHashCache hashes)
    {
        this.home = home;
        this.hashes = hashes;
    }

    /// <summary>Where an artifact of that digest lies, or would.</summary>
    public string PathOf(string digest) => Path.Combine(home.Objects, digest[..2], digest);

    /// <summary>Artifacts by name, where they lie or would.</summary>
    /// <param name="digests">Their digests by name.</param>
    public Dictionary<string, Artifact> Named(IReadOnlyDictionary<string, string> digests) =>
        digests.ToDictionary(d => d.Key, d => new Artifact(d.Value, PathOf(d.Value)), StringComparer.Ordinal);

    /// <summary>Moves a folder into the store.</summary>
    /// <param name="folder">A folder on the home's own file system. It is gone afterwards.</param>
    /// <param name="cancellationToken">Stops before the artifact becomes visible.</param>
    /// <exception cref="StageException">The folder is missing or empty, or holds a link.</exception>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    public Artifact Commit(string folder, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(folder))
            throw new StageException($"the stage made no folder {folder}");
        var files = new List<(string Full, ArtifactManifest.Entry Entry)>();
        foreach (var info in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (info.LinkTarget is not null)
                throw new StageException($"{info.FullName} is a link; artifacts hold plain files only");
            var sha256 = ContentDigest.OfFile(info.FullName, progress: null, cancellationToken);
            files.Add((info.FullName, new(Relative(folder, info.FullName), info.Length, sha256)));
        }

        if (files.Count == 0)
            throw new StageException($"the stage left the folder {folder} empty");

        var manifest = new ArtifactManifest([.. files.Select(f => f.Entry)]);
        var artifact = new Artifact(manifest.Digest, PathOf(manifest.Digest));
        if (FindProblem(artifact.Digest) is not null)
        {
            foreach (var (full, _) in files)
                DurableFile.Flush(full);
            Protect(files.Select(f => f.Full));
            Publish(folder, artifact, manifest);
        }
        else
            DeleteFolder(folder);

        foreach (var (_, entry) in files)
            hashes.Remember(artifact.File(entry.Path), entry.Sha256);
        return artifact;
    }

    /// <summary>The artifact of that digest, its bytes checked, or null with what is wrong with it.</summary>
    /// <param name="digest">The digest.</param>
    /// <param name="problem">Why there is none: missing, or which file is damaged and how.</param>
    public Artifact? Find(string digest, out string? problem)
    {
        problem = FindProblem(digest);
        return problem is null ? new(digest, PathOf(digest)) : null;
    }

    /// <summary>The digests of all artifacts in the store.</summary>
    public IEnumerable<string> Digests() => !Directory.Exists(home.Objects) ? [] :
        Directory.EnumerateDirectories(home.Objects)
            .SelectMany(Directory.EnumerateDirectories)
            .Select(path => Path.GetFileName(path))
            .Where(HomeLayout.IsDigest)
            .Order(StringComparer.Ordinal);

    /// <summary>The size of an artifact's files, in bytes.</summary>
    public long SizeOf(string digest) =>
        new DirectoryInfo(PathOf(digest)) is { Exists: true } folder ? folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) : 0;

    /// <summary>Removes an artifact. The caller holds the home for itself.</summary>
    public void Delete(string digest)
    {
        DeleteFolder(PathOf(digest));
        File.Delete(ManifestOf(digest));
    }

    /// <summary>Removes a folder whose files may be read-only.</summary>
    internal static void DeleteFolder(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        if (OperatingSystem.IsWindows())
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
                File.SetAttributes(file, FileAttributes.Normal);
        Directory.Delete(folder, recursive: true);
    }

    private static string Relative(string folder, string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');

    private static void Protect(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            if (OperatingSystem.IsWindows())
                File.SetAttributes(file, FileAttributes.ReadOnly);
            else
                File.SetUnixFileMode(file, ReadOnlyFile);
        }
    }

    private string ManifestOf(string digest) => PathOf(digest) + ".manifest";

    // The manifest first, the folder last: the folder's name is what makes the artifact exist.
    private void Publish(string folder, Artifact artifact, ArtifactManifest manifest)
    {
        var shelf = Path.GetDirectoryName(artifact.Path)!;
        Directory.CreateDirectory(shelf);
        DurableFile.Write(ManifestOf(artifact.Digest), Encoding.UTF8.GetBytes(manifest.Text), flushFolder: false);
        DeleteFolder(artifact.Path);
        try
        {
            Directory.Move(folder, artifact.Path);
        }
        catch (IOException) when (FindProblem(artifact.Digest) is null)
        {
            // Another process committed the same content a moment ago.
            DeleteFolder(folder);
        }

        DurableFile.FlushFolder(shelf);
    }

    private string? FindProblem(string digest)
    {
        var folder = new DirectoryInfo(PathOf(digest));
        if (!folder.Exists)
            return "is missing from the store";
        var manifestPath = ManifestOf(digest);
        if (!File.Exists(manifestPath))
            return "has lost its manifest";
        var text = File.ReadAllText(manifestPath);
        if (ArtifactManifest.DigestOf(text) != digest || ArtifactManifest.Parse(text) is not { } manifest)
            return "has a damaged manifest";

        var found = folder.EnumerateFiles("*", SearchOption.AllDirectories).ToDictionary(f => Relative(folder.FullName, f.FullName), StringComparer.Ordinal);
        foreach (var entry in manifest.Files)
        {
            if (!found.Remove(entry.Path, out var file))
                return $"lacks its file {entry.Path}";
            if (file.Length != entry.Length)
                return $"is damaged: {entry.Path} has {file.Length} bytes instead of {entry.Length}";
            if (hashes.HashOf(file) != entry.Sha256)
                return $"is damaged: the bytes of {entry.Path} do not match their digest";
        }

        return found.Count == 0 ? null : $"holds a file that is not its own: {found.Keys.Order(StringComparer.Ordinal).First()}";
    }
}

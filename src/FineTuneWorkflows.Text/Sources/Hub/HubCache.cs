using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>
/// One model in the cache folder: <c>refs/</c> has the commit that each revision meant last, <c>snapshots/commit/</c> a commit's files,
/// <c>snapshots/commit.json</c> (<see cref="HubSnapshot"/>) which they are, once all are there, <c>snapshots/commit.tokenizer.json</c> which of them are the
/// tokenizer's, once these are there, <c>parts/</c> what is not whole yet, with the locks of downloads.
/// </summary>
internal sealed class HubCache
{
    private readonly string _folder;

    public HubCache(string cacheFolder, HubReference reference) =>
        _folder = Path.Combine(cacheFolder, "models--" + reference.Repository.Replace("/", "--", StringComparison.Ordinal));

    /// <summary>The commit that a revision meant when the hub was last asked, or null.</summary>
    public string? CommitOf(HubReference reference)
    {
        if (reference.IsCommit) return reference.Revision;
        var path = RefOf(reference);
        return File.Exists(path) && HubReference.Parse($"{HubReference.Scheme}{reference.Repository}@{File.ReadAllText(path).Trim()}") is { IsCommit: true } known
            ? known.Revision : null;
    }

    public void Remember(HubReference reference, string commit)
    {
        if (!reference.IsCommit && CommitOf(reference) != commit) WriteWhole(RefOf(reference), path => File.WriteAllText(path, commit + "\n"));
    }

    public string FolderOf(string commit) => Path.Combine(_folder, "snapshots", commit);

    public string PartOf(HubFile file) =>
        Path.Combine(_folder, "parts", string.Concat(file.ETag.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-')) + "-" + file.Name.Replace('/', '_') + ".part");

    /// <summary>Whether all wanted files of a commit are there.</summary>
    public bool Has(string commit, HubSelection selection) =>
        IsThere(commit, HubSelection.Model) || (selection != HubSelection.Model && IsThere(commit, selection));

    public void Complete(string commit, HubSelection selection, IReadOnlyList<HubFile> files) =>
        WriteWhole(ListOf(commit, selection), path => TextJson.Write(path, new HubSnapshot { Files = files }));

    /// <summary>A file with the same content in another commit's snapshot, or null.</summary>
    public string? Find(HubFile file)
    {
        var snapshots = Path.Combine(_folder, "snapshots");
        if (!Directory.Exists(snapshots)) return null;
        foreach (var list in Directory.GetFiles(snapshots, "*.json").Order(StringComparer.Ordinal))
        {
            var folder = Path.Combine(snapshots, Path.GetFileName(list).Split('.')[0]);
            foreach (var (name, etag) in Read(list).Files)
            {
                var path = Path.Combine(folder, name);
                if (etag == file.ETag && File.Exists(path)) return path;
            }
        }
        return null;
    }

    /// <summary>Writes a file so that it is there whole or not at all, whoever else writes it at the same time.</summary>
    public void WriteWhole(string path, Action<string> write)
    {
        var temporary = Path.Combine(_folder, "parts", $"{Guid.NewGuid():N}.tmp");
        Directory.CreateDirectory(Path.GetDirectoryName(temporary)!);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static HubSnapshot Read(string path) => TextJson.Read<HubSnapshot>(path, "the list of a model's files");

    private bool IsThere(string commit, HubSelection selection) =>
        File.Exists(ListOf(commit, selection)) && Read(ListOf(commit, selection)).Files.All(f => File.Exists(Path.Combine(FolderOf(commit), f.Name)));

    private string ListOf(string commit, HubSelection selection) => FolderOf(commit) + (selection == HubSelection.Model ? ".json" : ".tokenizer.json");

    private string RefOf(HubReference reference) => Path.Combine(_folder, "refs", Uri.EscapeDataString(reference.Revision));
}

using System.Text;
using FineTuneWorkflows.Foundation.Files;
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
        if (!reference.IsCommit && CommitOf(reference) != commit) DurableFile.Write(RefOf(reference), stream => stream.Write(Encoding.ASCII.GetBytes(commit + "\n")));
    }

    public string FolderOf(string commit) => Path.Combine(_folder, "snapshots", commit);

    public string PartOf(HubFile file) =>
        Path.Combine(_folder, "parts", string.Concat(file.ETag.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-')) + "-" + file.Name.Replace('/', '_') + ".part");

    /// <summary>Whether all wanted files of a commit are there.</summary>
    public bool Has(string commit, HubSelection selection) =>
        IsThere(commit, HubSelection.Model) || (selection != HubSelection.Model && IsThere(commit, selection));

    public void Complete(string commit, HubSelection selection, IReadOnlyList<HubFile> files) =>
        DurableFile.Write(ListOf(commit, selection), stream => stream.Write(TextJson.Bytes(new HubSnapshot { Files = files })));

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

    private static HubSnapshot Read(string path) => TextJson.Read<HubSnapshot>(path, "the list of a model's files");

    private bool IsThere(string commit, HubSelection selection) =>
        File.Exists(ListOf(commit, selection)) && Read(ListOf(commit, selection)).Files.All(f => File.Exists(Path.Combine(FolderOf(commit), f.Name)));

    private string ListOf(string commit, HubSelection selection) => FolderOf(commit) + (selection == HubSelection.Model ? ".json" : ".tokenizer.json");

    private string RefOf(HubReference reference) => Path.Combine(_folder, "refs", Uri.EscapeDataString(reference.Revision));
}

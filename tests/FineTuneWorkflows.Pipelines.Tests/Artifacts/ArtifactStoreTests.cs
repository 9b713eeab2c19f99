using CsCheck;
using FineTuneWorkflows.Pipelines.Artifacts;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Artifacts;

public sealed class ArtifactStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FileHashCache hashes;
    private readonly ArtifactStore store;
    private int made;

    public ArtifactStoreTests()
    {
        var home = Home.Open(Path.Combine(folder.Path, "home"));
        hashes = new(home);
        store = new(home, hashes);
    }

    [Fact]
    public void Equal_content_has_one_digest_and_lies_in_the_store_once()
    {
        var one = store.Commit(Folder(("a", "1"), ("sub/b", "2")));
        var two = store.Commit(Folder(("sub/b", "2"), ("a", "1")));
        Assert.Equal(one, two);
        Assert.Single(store.Digests());
        Assert.Equal("2", File.ReadAllText(one.File("sub/b")));
    }

    [Fact]
    public void Committed_files_are_read_only()
    {
        var artifact = store.Commit(Folder(("a", "1")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(artifact.File("a")));
    }

    [Fact]
    public void Names_and_contents_both_count() =>
        Gen.Dictionary(Gen.String[Gen.Char['a', 'e'], 1, 3], Gen.String[Gen.Char['x', 'z'], 0, 3])[1, 4].Select(Gen.Dictionary(Gen.String[Gen.Char['a', 'e'], 1, 3], Gen.String[Gen.Char['x', 'z'], 0, 3])[1, 4])
            .Sample((a, b) => (store.Commit(Folder(a)).Digest == store.Commit(Folder(b)).Digest) == a.OrderBy(p => p.Key).SequenceEqual(b.OrderBy(p => p.Key)), iter: 60);

    [Fact]
    public void A_file_that_was_added_or_removed_is_noticed()
    {
        var artifact = store.Commit(Folder(("a", "1"), ("b", "2")));
        File.WriteAllText(artifact.File("extra"), "");
        Assert.Null(store.Find(artifact.Digest, out var problem));
        Assert.Equal("holds a file that is not its own: extra", problem);
        File.Delete(artifact.File("extra"));
        File.Delete(artifact.File("a"));
        Assert.Null(store.Find(artifact.Digest, out problem));
        Assert.Equal("lacks its file a", problem);
    }

    [Fact]
    public void A_lost_or_damaged_manifest_is_noticed_and_a_new_commit_mends_it()
    {
        var artifact = store.Commit(Folder(("a", "1")));
        File.WriteAllText(artifact.Path + ".manifest", "rubbish");
        Assert.Null(store.Find(artifact.Digest, out var problem));
        Assert.Equal("has a damaged manifest", problem);
        File.Delete(artifact.Path + ".manifest");
        Assert.Null(store.Find(artifact.Digest, out problem));
        Assert.Equal("has lost its manifest", problem);
        store.Commit(Folder(("a", "1")));
        Assert.NotNull(store.Find(artifact.Digest, out problem));
        Assert.Null(problem);
    }

    [Fact]
    public void An_empty_or_missing_folder_is_refused()
    {
        Assert.Throws<StageException>(() => store.Commit(Folder()));
        Assert.Throws<StageException>(() => store.Commit(Path.Combine(folder.Path, "nope")));
    }

    [Fact]
    public void A_link_is_refused()
    {
        var path = Folder(("a", "1"));
        File.CreateSymbolicLink(Path.Combine(path, "link"), "/etc/passwd");
        Assert.EndsWith("is a link; artifacts hold plain files only", Assert.Throws<StageException>(() => store.Commit(path)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        hashes.Dispose();
        folder.Dispose();
    }

    private string Folder(params (string Name, string Content)[] files) => Folder(files.Select(f => KeyValuePair.Create(f.Name, f.Content)));

    private string Folder(IEnumerable<KeyValuePair<string, string>> files)
    {
        var path = Path.Combine(folder.Path, "home", "work", $"made{made++}");
        Directory.CreateDirectory(path);
        foreach (var (name, content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(path, name))!);
            File.WriteAllText(Path.Combine(path, name), content);
        }

        return path;
    }
}

using System.Security.Cryptography;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Fingerprints;

public sealed class FileHashCacheTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private Home Home => Home.Open(Path.Combine(folder.Path, "home"));

    [Fact]
    public void An_unchanged_file_is_not_read_again_by_another_process()
    {
        var path = OldFile("a.txt", "one");
        var first = Hash(path);
        // Other bytes, same size and time: only one that does not read can miss it.
        var time = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, "two");
        File.SetLastWriteTimeUtc(path, time);
        Assert.Equal(first, Hash(path));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("one"u8)), first);
    }

    [Fact]
    public void A_changed_time_or_size_is_read_again()
    {
        var path = OldFile("a.txt", "one");
        Hash(path);
        File.WriteAllText(path, "two");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("two"u8)), Hash(path));
    }

    [Fact]
    public void A_file_that_changed_just_now_is_not_remembered()
    {
        var path = folder.File("a.txt", "one");
        Hash(path);
        var time = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, "two");
        File.SetLastWriteTimeUtc(path, time);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("two"u8)), Hash(path));
    }

    [Fact]
    public void Lines_that_are_damaged_are_skipped()
    {
        var (a, b) = (OldFile("a.txt", "one"), OldFile("b.txt", "two"));
        Hash(a);
        File.AppendAllText(Home.FileHashes, "3\t12345\tabc");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("two"u8)), Hash(b));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("one"u8)), Hash(a));
    }

    [Fact]
    public void A_home_that_was_moved_knows_its_own_files_still()
    {
        Directory.CreateDirectory(Home.Objects);
        var path = OldFile("home/objects/a.txt", "one");
        var first = Hash(path);
        var time = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, "two");
        File.SetLastWriteTimeUtc(path, time);
        Directory.Move(Path.Combine(folder.Path, "home"), Path.Combine(folder.Path, "moved"));
        using var cache = new FileHashCache(Home.Open(Path.Combine(folder.Path, "moved")));
        Assert.Equal(first, cache.HashOf(new(Path.Combine(folder.Path, "moved", "objects", "a.txt")), TestContext.Current.CancellationToken));
        Assert.DoesNotContain(folder.Path, File.ReadAllText(Path.Combine(folder.Path, "moved", "file-hashes.tsv")), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private string OldFile(string name, string content)
    {
        var path = folder.File(name, content);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        return path;
    }

    private string Hash(string path)
    {
        using var cache = new FileHashCache(Home);
        return cache.HashOf(new FileInfo(path), TestContext.Current.CancellationToken);
    }
}

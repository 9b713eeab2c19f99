using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Fingerprints;

public sealed class InputFileResolverTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public InputFileResolverTests()
    {
        folder.File("data/b.csv", "b");
        folder.File("data/a.csv", "a");
        folder.File("data/deep/c.csv", "c");
        folder.File("data/notes.md", "n");
        folder.File("data/.hidden", "h");
    }

    [Theory]
    [InlineData("data", "a.csv b.csv deep/c.csv notes.md")]
    [InlineData("data/*.csv", "a.csv b.csv")]
    [InlineData("data/**/*.csv", "a.csv b.csv deep/c.csv")]
    [InlineData("d*/a.csv", "data/a.csv")]
    [InlineData("data/?.csv", "a.csv b.csv")]
    [InlineData("data/**/?.csv", "a.csv b.csv deep/c.csv")]
    [InlineData("data/n?tes.md", "notes.md")]
    [InlineData("data/a.csv", "a.csv")]
    public void Files_folders_and_globs_give_their_files_in_order(string path, string files) =>
        Assert.Equal(files, string.Join(" ", Resolve(path).Files.Select(f => f.RelativePath)));

    [Theory]
    [InlineData("nope", "parameter Data: there is no file or folder")]
    [InlineData("data/*.txt", "parameter Data: no file matches")]
    [InlineData("nope/*.txt", "parameter Data: no file matches")]
    public void What_is_not_there_is_named(string path, string message) =>
        Assert.StartsWith(message, Assert.Throws<StageException>(() => Resolve(path)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_empty_folder_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "empty"));
        Assert.EndsWith("holds no files", Assert.Throws<StageException>(() => Resolve("empty")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digest_covers_contents_and_relative_paths_but_a_file_s_extension_only()
    {
        folder.File("other/x.csv", "a");
        folder.File("other/x.tsv", "a");
        Assert.Equal(Resolve("data/a.csv").Digest, Resolve("other/x.csv").Digest);
        Assert.NotEqual(Resolve("other/x.tsv").Digest, Resolve("other/x.csv").Digest);
        var before = Resolve("data").Digest;
        File.Move(Path.Combine(folder.Path, "data/a.csv"), Path.Combine(folder.Path, "data/z.csv"));
        Assert.NotEqual(before, Resolve("data").Digest);
    }

    public void Dispose() => folder.Dispose();

    private InputFileResolver.ResolvedInput Resolve(string path)
    {
        using var cache = new FileHashCache(Home.Open(Path.Combine(folder.Path, "home")));
        return new InputFileResolver(cache).Resolve([new("Data", path)], folder.Path, TestContext.Current.CancellationToken);
    }
}

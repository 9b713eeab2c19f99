using FineTuneWorkflows.Text.Files;
using FineTuneWorkflows.Text.Sources;

namespace FineTuneWorkflows.Text.Tests.Sources;

public sealed class DataSourceTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public DataSourceTests()
    {
        foreach (var name in new[] { "b.csv", "a.jsonl", "B.tsv", "c.csv.gz", "notes.md", "part1.csv", "part2.csv", "part10.csv", "deep/er/x.csv",
            "deep/y.csv" })
            _temp.Write(name, "content of " + name);
    }

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("a.jsonl", "a.jsonl")]
    [InlineData("notes.md", "notes.md")]
    [InlineData(".", "B.tsv a.jsonl b.csv c.csv.gz part1.csv part10.csv part2.csv")]
    [InlineData("part*.csv", "part1.csv part10.csv part2.csv")]
    [InlineData("part?.csv", "part1.csv part2.csv")]
    [InlineData("**/*.csv", "b.csv deep/er/x.csv deep/y.csv part1.csv part10.csv part2.csv")]
    [InlineData("**/?.csv", "b.csv deep/er/x.csv deep/y.csv")]
    [InlineData("deep/*/x.csv", "deep/er/x.csv")]
    [InlineData("deep/**", "deep/er/x.csv deep/y.csv")]
    public async Task A_location_means_these_files_in_ordinal_order(string location, string files)
    {
        var found = await Resolve(Path.Combine(_temp.Path, location));
        Assert.Equal(files, string.Join(' ', found.Select(f => Path.GetRelativePath(_temp.Path, f))));
    }

    [Theory]
    [InlineData("none.csv", "no such file or folder")]
    [InlineData("*.parquet", "no file matches")]
    [InlineData("none/*.csv", "does not exist")]
    [InlineData("deep/er/empty", "no data file")]
    public async Task Nothing_found_is_an_error(string location, string problem)
    {
        Directory.CreateDirectory(_temp["deep/er/empty"]);
        var error = await Assert.ThrowsAsync<TextDataException>(() => Resolve(_temp[location]));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pin_is_checked_for_a_local_file_too()
    {
        var digest = FileDigest.Of(_temp["b.csv"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Single(await Resolve(_temp["b.csv"], digest));
        Assert.Contains(digest, (await Assert.ThrowsAsync<TextDataException>(() => Resolve(_temp["b.csv"], new string('0', 64)))).Message,
            StringComparison.Ordinal);
        Assert.Contains("means 3 files", (await Assert.ThrowsAsync<TextDataException>(() => Resolve(_temp["part*.csv"], digest))).Message,
            StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<string>> Resolve(string location, string? sha256 = null) =>
        DataSource.ResolveAsync(location, new DataSourceOptions { Sha256 = sha256 }, cancellationToken: TestContext.Current.CancellationToken);
}

using FineTuneWorkflows.Foundation.Files;

namespace FineTuneWorkflows.Foundation.Tests.Files;

public sealed class DurableFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("finetune-test-").FullName;

    private string Target => Path.Combine(folder, "a.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_stood_there_is_replaced()
    {
        DurableFile.Write(Target, "one"u8);
        DurableFile.Write(Target, "two"u8);
        Assert.Equal("two", File.ReadAllText(Target));
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task Of_several_that_create_a_file_at_once_one_succeeds()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => (i, DurableFile.TryCreate(Target, [(byte)('a' + i)])), TestContext.Current.CancellationToken)));
        var winner = Assert.Single(made, m => m.Item2).i;
        Assert.Equal([(byte)('a' + winner)], File.ReadAllBytes(Target));
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void Nothing_is_left_where_writing_fails()
    {
        Directory.CreateDirectory(Target);
        Assert.ThrowsAny<Exception>(() => DurableFile.Write(Target, "one"u8));
        Assert.ThrowsAny<Exception>(() => DurableFile.TryCreate(Target, "one"u8));
        Assert.Empty(Directory.GetFiles(folder));
    }
}

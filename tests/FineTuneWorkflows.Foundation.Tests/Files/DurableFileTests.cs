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
    public void Of_several_that_create_a_file_at_once_one_succeeds()
    {
        const int threads = 4;
        var made = new bool[threads];
        for (var round = 0; round < 200; round++)
        {
            var path = Path.Combine(folder, $"{round}");
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => made[i] = DurableFile.TryCreate(path, [(byte)('a' + i)]));
            var winner = Assert.Single(Enumerable.Range(0, threads), i => made[i]);
            Assert.Equal([(byte)('a' + winner)], File.ReadAllBytes(path));
        }

        Assert.Equal(200, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void Nothing_is_left_where_writing_fails()
    {
        Directory.CreateDirectory(Target);
        Assert.ThrowsAny<Exception>(() => DurableFile.Write(Target, "one"u8));
        Assert.ThrowsAny<Exception>(() => DurableFile.TryCreate(Target, "one"u8));
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void A_file_written_in_pieces_replaces_the_old_one_only_when_it_is_whole()
    {
        var below = Path.Combine(folder, "made", "a.bin");
        DurableFile.Write(below, stream => stream.Write("old"u8));
        var broken = Assert.Throws<InvalidOperationException>(() => DurableFile.Write(below, stream =>
        {
            stream.Write("ne"u8);
            throw new InvalidOperationException("the source ended");
        }));
        Assert.Equal("the source ended", broken.Message);
        Assert.Equal("old", File.ReadAllText(below));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(below)!));
    }

    [Fact]
    public void A_finished_file_takes_the_place_of_the_old_one()
    {
        File.WriteAllText(Target, "old");
        File.WriteAllText(Target + ".part", "new");
        DurableFile.Move(Target + ".part", Target);
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void A_file_that_is_created_has_the_wanted_mode()
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.True(DurableFile.TryCreate(Target, "secret"u8, own));
        Assert.Equal(own, File.GetUnixFileMode(Target));
        Assert.False(DurableFile.TryCreate(Target, "another"u8, own));
        Assert.Equal("secret", File.ReadAllText(Target));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(28)]
    [InlineData(9)]
    public void A_folder_that_cannot_be_flushed_for_a_real_reason_is_an_error(int error) =>
        Assert.Contains(
            "/some/folder cannot be flushed to disk", Assert.Throws<IOException>(() => DurableFile.CheckFolderFlush("/some/folder", error)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_system_that_cannot_flush_folders_is_accepted()
    {
        DurableFile.CheckFolderFlush("/some/folder", 22);
        DurableFile.CheckFolderFlush("/some/folder", OperatingSystem.IsMacOS() ? 45 : 95);
    }

    [Fact]
    public void A_missing_folder_cannot_be_flushed() =>
        Assert.Contains("none cannot be opened to flush it", Assert.Throws<IOException>(() => DurableFile.FlushFolder(Path.Combine(folder, "none"))).Message, StringComparison.Ordinal);
}

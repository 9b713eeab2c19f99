using FineTuneWorkflows.Foundation.Locks;

namespace FineTuneWorkflows.Foundation.Tests.Locks;

public sealed class FileLockTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("finetune-test-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => Path.Combine(folder, "a.lock");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void One_holder_shuts_out_the_others_until_it_lets_go()
    {
        using (FileLock.TryAcquire(File))
        {
            Assert.Null(FileLock.TryAcquire(File));
            Assert.Null(FileLock.TryAcquire(File, shared: true));
            Assert.Null(FileLock.TryAcquire(Path.Combine(folder, "..", Path.GetFileName(folder), "a.lock")));
        }

        using var again = FileLock.TryAcquire(File);
        Assert.NotNull(again);
    }

    [Fact]
    public void Those_that_share_shut_out_only_the_one_that_does_not()
    {
        using (var first = FileLock.TryAcquire(File, shared: true))
        {
            using (var second = FileLock.TryAcquire(File, shared: true))
                Assert.NotNull(second);
            Assert.NotNull(first);
            Assert.Null(FileLock.TryAcquire(File));
        }

        using var alone = FileLock.TryAcquire(File);
        Assert.NotNull(alone);
    }

    [Fact]
    public void Letting_go_twice_lets_go_once()
    {
        var first = FileLock.TryAcquire(File)!;
        first.Dispose();
        using var second = FileLock.TryAcquire(File);
        first.Dispose();
        Assert.Null(FileLock.TryAcquire(File));
    }

    [Fact]
    public void Another_process_holds_it_too()
    {
        if (!OperatingSystem.IsLinux())
            return;
        System.IO.File.WriteAllText(File, "");
        using var other = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("flock", ["--exclusive", File, "sh", "-c", "echo held; read -r line"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("held", other.StandardOutput.ReadLine());
        Assert.Null(FileLock.TryAcquire(File));
        Assert.Null(FileLock.TryAcquire(File, shared: true));
        other.StandardInput.WriteLine();
        other.WaitForExit();
        using var mine = FileLock.TryAcquire(File);
        Assert.NotNull(mine);
    }

    [Fact]
    public async Task Who_waits_is_told_once_and_has_it_when_it_is_free()
    {
        var held = FileLock.TryAcquire(File)!;
        var told = 0;
        using var mine = await FileLock.AcquireAsync(File, shared: false, () => { told++; held.Dispose(); }, Token);
        Assert.Equal(1, told);
        Assert.Null(FileLock.TryAcquire(File));
    }

    [Fact]
    public async Task Waiting_ends_when_it_is_cancelled()
    {
        using var held = FileLock.TryAcquire(File);
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FileLock.AcquireAsync(File, shared: false, source.Cancel, source.Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_cannot_be_opened_is_not_taken_for_a_held_one(bool shared)
    {
        if (OperatingSystem.IsWindows())
            return;
        // A link to itself fails like a full disk does: with an IOException of no type of its own.
        System.IO.File.CreateSymbolicLink(File, File);
        Assert.Equal(typeof(IOException), Assert.ThrowsAny<IOException>(() => FileLock.TryAcquire(File, shared)).GetType());
        await Assert.ThrowsAsync<IOException>(() => FileLock.AcquireAsync(File, shared, () => Assert.Fail("nobody has it"), Token));
        System.IO.File.Delete(File);
        using var mine = FileLock.TryAcquire(File, shared);
        Assert.NotNull(mine);
    }

    [Fact]
    public void A_missing_folder_is_said()
    {
        Assert.Throws<DirectoryNotFoundException>(() => FileLock.TryAcquire(Path.Combine(folder, "none", "a.lock")));
        Assert.Throws<DirectoryNotFoundException>(() => FileLock.TryAcquire(Path.Combine(folder, "none", "a.lock"), shared: true));
    }

    [Theory]
    [InlineData(28, false)] // ENOSPC: no space left on device
    [InlineData(122, false)] // EDQUOT: the user's share of the disk is used up
    [InlineData(5, false)] // EIO
    [InlineData(24, false)] // EMFILE: too many open files
    [InlineData(30, false)] // EROFS: read-only file system
    [InlineData(11, true)] // EWOULDBLOCK
    public void Only_a_holder_counts_as_one(int error, bool held)
    {
        if (OperatingSystem.IsLinux())
            Assert.Equal(held, FileLock.IsHeld(new IOException("", error)));
    }
}

using FineTuneWorkflows.Foundation.Digests;

namespace FineTuneWorkflows.Foundation.Tests.Digests;

public sealed class ContentDigestTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("finetune-test-").FullName;

    private string Target => Path.Combine(folder, "a.bin");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // The examples of FIPS 180-4, and text beyond ASCII as sha256sum digests its UTF-8 bytes.
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    [InlineData("\u00e9", "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c")]
    public void A_text_has_the_published_digest(string text, string expected)
    {
        Assert.Equal(expected, ContentDigest.Of(text));
        File.WriteAllText(Target, text);
        Assert.Equal(expected, ContentDigest.OfFile(Target));
    }

    [Fact]
    public void A_file_of_several_blocks_is_digested_whole_and_its_progress_told()
    {
        var bytes = new byte[(2 << 20) + 3];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i * 31);
        File.WriteAllBytes(Target, bytes);
        var told = new List<(long, long)>();
        Assert.Equal(ContentDigest.Of(bytes), ContentDigest.OfFile(Target, (done, length) => told.Add((done, length)), TestContext.Current.CancellationToken));
        Assert.Equal((bytes.Length, bytes.Length), told[^1]);
        Assert.Equal(told.Order(), told);
    }

    [Fact]
    public void Cancelling_ends_it()
    {
        File.WriteAllText(Target, "a");
        Assert.Throws<OperationCanceledException>(() => ContentDigest.OfFile(Target, progress: null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_pipe_is_refused_because_it_can_be_read_only_once()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        var path = $"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";
        Assert.SkipUnless(File.Exists(path), "there are no files for open pipes here");
        Assert.Contains("it is a pipe", Assert.Throws<IOException>(() => ContentDigest.OfFile(path, progress: null, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }
}

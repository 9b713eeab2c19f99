using System.Net;

namespace FineTuneWorkflows.Tracking.Mlflow.Transport;

/// <summary>A part of a file as the content of a request, read as it is sent.</summary>
internal sealed class FileSlice(string path, long offset, long length, Action<long>? sent) : HttpContent
{
    private const int BufferSize = 1 << 17;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        file.Seek(offset, SeekOrigin.Begin);
        var buffer = new byte[BufferSize];
        for (var left = length; left > 0;)
        {
            var count = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (count == 0) throw new EndOfStreamException($"{path} became shorter while it was uploaded.");
            await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            left -= count;
            sent?.Invoke(length - left);
        }
    }

    protected override bool TryComputeLength(out long size)
    {
        size = length;
        return true;
    }
}

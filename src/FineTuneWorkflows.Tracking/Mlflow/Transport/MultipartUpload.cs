using System.Net;

namespace FineTuneWorkflows.Tracking.Mlflow.Transport;

/// <summary>Uploads a large file in parts, straight to the object store that the server names.</summary>
internal sealed class MultipartUpload(
    MlflowTransport transport, ArtifactAddress address, string path, string localPath, long length, IProgress<long>? progress)
{
    private const string Endpoint = "api/2.0/mlflow-artifacts/mpu/";

    private string Name => path[(path.LastIndexOf('/') + 1)..];

    // The endpoints take the folder in the address and the file's name in the body.
    private string Folder => ArtifactAddress.Escape(address.Join(path)[..^Name.Length].TrimEnd('/'));

    /// <summary>False, with nothing sent, where the server or its store cannot take parts.</summary>
    internal async Task<bool> TryAsync(CancellationToken cancellation)
    {
        var partSize = Math.Max(transport.Options.PartSize, (length + 9_999) / 10_000);
        var count = (int)((length + partSize - 1) / partSize);
        CreateMultipartAnswer upload;
        try
        {
            upload = await transport.Send(
                HttpMethod.Post, $"{Endpoint}create/{Folder}", new CreateMultipart(Name, count), MlflowJson.Default.CreateMultipart,
                MlflowJson.Default.CreateMultipartAnswer, repeatable: true, cancellation).ConfigureAwait(false);
        }
        catch (MlflowException fault) when (
            fault.Status is HttpStatusCode.NotImplemented or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
        {
            return false;
        }

        if (upload.Credentials is not { } targets || targets.Count != count) return false;
        try
        {
            var parts = new List<UploadedPart>(count);
            foreach (var target in targets.OrderBy(target => target.PartNumber))
                parts.Add(await Send(target, partSize, cancellation).ConfigureAwait(false));
            await transport.Send(
                HttpMethod.Post, $"{Endpoint}complete/{Folder}", new CompleteMultipart(Name, upload.UploadId, parts),
                MlflowJson.Default.CompleteMultipart,
                MlflowJson.Default.Empty, repeatable: true, cancellation).ConfigureAwait(false);
            return true;
        }
        catch
        {
            await Abort(upload.UploadId).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<UploadedPart> Send(MultipartTarget target, long partSize, CancellationToken cancellation)
    {
        var offset = (target.PartNumber - 1) * partSize;
        var size = Math.Min(partSize, length - offset);
        return await transport.Stream(
            HttpMethod.Put,
            target.Url,
            () =>
            {
                var slice = new FileSlice(localPath, offset, size, progress is null ? null : sent => progress.Report(offset + sent));
                foreach (var (name, value) in target.Headers ?? new Dictionary<string, string>()) slice.Headers.TryAddWithoutValidation(name, value);
                return slice;
            },
            (response, _) => Task.FromResult(new UploadedPart(target.PartNumber, response.Headers.ETag?.Tag ?? "", target.Url)),
            cancellation,
            size).ConfigureAwait(false);
    }

    private async Task Abort(string? uploadId)
    {
        try
        {
            await transport.Send(
                HttpMethod.Post, $"{Endpoint}abort/{Folder}", new AbortMultipart(Name, uploadId), MlflowJson.Default.AbortMultipart,
                MlflowJson.Default.Empty,
                repeatable: true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (MlflowException)
        {
            return; // The fault that led here is the one to report; the store drops unfinished uploads by itself.
        }
    }
}

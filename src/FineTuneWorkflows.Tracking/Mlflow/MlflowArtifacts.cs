using System.Text;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Tracking.Mlflow.Entities;
using FineTuneWorkflows.Tracking.Mlflow.Transport;

namespace FineTuneWorkflows.Tracking.Mlflow;

/// <summary>
/// Files of runs and logged models by way of the server's artifact proxy, <c>/api/2.0/mlflow-artifacts</c>. Files are streamed; memory does
/// not grow with their size. An <c>artifactUri</c> is <see cref="MlflowRunInfo.ArtifactUri"/> or <see cref="MlflowLoggedModelInfo.ArtifactUri"/>;
/// one that the server does not proxy is refused with <see cref="MlflowException"/>. Paths are relative to it, with <c>/</c>.
/// </summary>
public sealed class MlflowArtifacts
{
    private const int DeepestFolder = 32;

    private readonly MlflowTransport _transport;

    internal MlflowArtifacts(MlflowTransport transport) => _transport = transport;

    /// <summary>
    /// Uploads a file, in parts where it is larger than <see cref="MlflowOptions.MultipartThreshold"/> and the server can.
    /// <c>PUT mlflow-artifacts/artifacts/...</c>, <c>POST mlflow-artifacts/mpu/create|complete|abort/...</c>.
    /// </summary>
    /// <param name="artifactUri">Where the artifacts are.</param>
    /// <param name="path">What the file is called there.</param>
    /// <param name="localPath">The file.</param>
    /// <param name="progress">Told the bytes sent so far; goes back when a request is repeated. Null for none.</param>
    /// <param name="cancellation">Ends the upload.</param>
    /// <exception cref="TrackingException">There is no such file, or the path is not allowed.</exception>
    public async Task UploadAsync(
        string? artifactUri, string path, string localPath, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        var address = ArtifactAddress.Parse(artifactUri);
        var file = new FileInfo(localPath);
        if (!file.Exists) throw new TrackingException($"{localPath} cannot be uploaded: there is no such file.");
        if (file.Length > _transport.Options.MultipartThreshold)
        {
            var parts = new MultipartUpload(_transport, address, path, localPath, file.Length, progress);
            if (await parts.TryAsync(cancellation).ConfigureAwait(false)) return;
        }

        await Put(
            address, path, () => new FileSlice(localPath, 0, file.Length, progress is null ? null : progress.Report), file.Length,
            cancellation).ConfigureAwait(false);
    }

    /// <summary>Uploads the files of a folder and of the folders in it, in the order of their paths.</summary>
    /// <param name="artifactUri">Where the artifacts are.</param>
    /// <param name="path">The folder there; empty for their root.</param>
    /// <param name="localFolder">The folder.</param>
    /// <param name="progress">Told the bytes sent so far, over all files. Null for none.</param>
    /// <param name="cancellation">Ends the upload.</param>
    /// <exception cref="TrackingException">There is no such folder.</exception>
    public async Task UploadFolderAsync(
        string? artifactUri, string path, string localFolder, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(localFolder)) throw new TrackingException($"{localFolder} cannot be uploaded: there is no such folder.");
        var done = 0L;
        foreach (var file in Directory.EnumerateFiles(localFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(localFolder, file).Replace(Path.DirectorySeparatorChar, '/');
            var before = done;
            await UploadAsync(
                artifactUri, path.Length == 0 ? name : $"{path}/{name}", file, progress is null ? null : new Shifted(progress, before),
                cancellation).ConfigureAwait(false);
            done += new FileInfo(file).Length;
        }
    }

    /// <summary>Uploads text as a file, in UTF-8. <c>PUT mlflow-artifacts/artifacts/...</c>.</summary>
    public Task UploadTextAsync(string? artifactUri, string path, string text, CancellationToken cancellation = default)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Put(ArtifactAddress.Parse(artifactUri), path, () => new ByteArrayContent(bytes), bytes.Length, cancellation);
    }

    /// <summary>Lists a folder, not those in it; empty where there is none. <c>GET mlflow-artifacts/artifacts?path=...</c>.</summary>
    /// <param name="artifactUri">Where the artifacts are.</param>
    /// <param name="path">The folder there; empty for their root.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>Files and folders with paths relative to <paramref name="artifactUri"/>, sorted.</returns>
    public async Task<IReadOnlyList<MlflowFileInfo>> ListAsync(string? artifactUri, string path = "", CancellationToken cancellation = default)
    {
        var address = ArtifactAddress.Parse(artifactUri);
        var answer = await _transport.Get(
            ArtifactAddress.Proxy.TrimEnd('/'), [("path", address.Join(path))], MlflowJson.Default.FilesAnswer, cancellation).ConfigureAwait(false);
        return (answer.Files ?? [])
            .Select(file => path.Length == 0 ? file : file with { Path = $"{path}/{file.Path}" })
            .OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
    }

    /// <summary>Downloads a file; it appears under its name when it is complete. <c>GET mlflow-artifacts/artifacts/...</c>.</summary>
    /// <param name="artifactUri">Where the artifacts are.</param>
    /// <param name="path">The file there.</param>
    /// <param name="localPath">Where to put it; the folder is made, a file there is replaced.</param>
    /// <param name="progress">Told the bytes received so far; goes back when a request is repeated. Null for none.</param>
    /// <param name="cancellation">Ends the download; nothing stays.</param>
    public async Task DownloadAsync(
        string? artifactUri, string path, string localPath, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        var address = ArtifactAddress.Parse(artifactUri);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(localPath))!);
        var partial = localPath + ".part";
        try
        {
            await _transport.Stream(
                HttpMethod.Get, address.File(path), static () => null,
                (response, token) => Save(response, partial, progress, _transport.Options.Timeout, token), cancellation).ConfigureAwait(false);
            DurableFile.Move(partial, localPath);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Downloads a folder with all that is in it.</summary>
    /// <param name="artifactUri">Where the artifacts are.</param>
    /// <param name="path">The folder there; empty for their root.</param>
    /// <param name="localFolder">Where to put its contents.</param>
    /// <param name="cancellation">Ends the download; files that were complete stay.</param>
    public async Task DownloadFolderAsync(string? artifactUri, string path, string localFolder, CancellationToken cancellation = default)
    {
        // A server whose folders never end would fill the disk.
        if (path.Count(c => c == '/') >= DeepestFolder)
            throw new TrackingException($"the server names folders within folders, more than {DeepestFolder}: {path[..40]}...");
        Directory.CreateDirectory(localFolder);
        foreach (var file in await ListAsync(artifactUri, path, cancellation).ConfigureAwait(false))
        {
            var name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
            // A server that names a file '..' must not be able to write elsewhere.
            var target = Path.Combine(localFolder, ArtifactAddress.Check(name));
            if (name.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0)
                throw new TrackingException($"the artifact '{file.Path}' has a name that files cannot have here, so it is not downloaded");
            await (
                file.IsDir
                    ? DownloadFolderAsync(artifactUri, file.Path, target, cancellation)
                    : DownloadAsync(artifactUri, file.Path, target, null, cancellation)).ConfigureAwait(false);
        }
    }

    private Task Put(ArtifactAddress address, string path, Func<HttpContent> content, long length, CancellationToken cancellation) =>
        _transport.Stream(
            HttpMethod.Put, address.File(path), content, static (response, token) => MlflowTransport.Read(response, MlflowJson.Default.Empty, token),
            cancellation, length);

    private static async Task<bool> Save(
        HttpResponseMessage response, string path, IProgress<long>? progress, TimeSpan pause, CancellationToken cancellation)
    {
        // Each piece must come within the time-out, however long the whole takes.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var source = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using var target = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
        var buffer = new byte[1 << 17];
        var received = 0L;
        for (int count; ;)
        {
            limit.CancelAfter(pause);
            if ((count = await source.ReadAsync(buffer, limit.Token).ConfigureAwait(false)) == 0) break;
            await target.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            progress?.Report(received += count);
        }

        return true;
    }

    private sealed class Shifted(IProgress<long> progress, long by) : IProgress<long>
    {
        public void Report(long value) => progress.Report(by + value);
    }
}

using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Foundation.Locks;

namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>
/// Models of the Hugging Face Hub, or of a server with its API: a revision is pinned to its commit, and a commit's configuration, tokenizer, model card and
/// weights (safetensors alone) are brought into a cache folder once. What a large or small file's ETag says of its content is checked. Commits that
/// are in the cache need no network. Safe for use by several processes and threads with one cache folder: each file is downloaded by one of them.
/// </summary>
public sealed class HuggingFaceHub
{
    private readonly HubOptions _options;
    private readonly HubClient _client;

    /// <summary>Creates the hub's client; asks nothing yet.</summary>
    /// <param name="options">Address and token; null, the default, takes them from the environment.</param>
    /// <exception cref="TextDataException">The endpoint is no web address.</exception>
    public HuggingFaceHub(HubOptions? options = null)
    {
        _options = options ?? HubOptions.FromEnvironment();
        _client = new HubClient(_options);
    }

    /// <summary>Finds out which commit a reference means now; a reference to a commit asks nobody.</summary>
    /// <param name="reference">The reference, <c>hf://owner/name[@revision]</c>.</param>
    /// <param name="cacheFolder">The cache folder; where the hub does not answer, the commit that the revision meant last is taken from it.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>The commit, 40 hexadecimal digits.</returns>
    /// <exception cref="TextDataException">The reference is none; the model or revision does not exist, is private or gated; or the hub does not
    /// answer and the cache does not know the revision.</exception>
    public async Task<string> ResolveAsync(string reference, string cacheFolder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(cacheFolder);
        var parsed = HubReference.Parse(reference);
        return parsed.IsCommit ? parsed.Revision
            : (await ModelAsync(parsed, new HubCache(cacheFolder, parsed), null, cancellationToken).ConfigureAwait(false)).Commit;
    }

    /// <summary>Finds out what a <see cref="FetchAsync"/> would have to download. Downloads nothing.</summary>
    /// <param name="reference">The reference; resolved first where it is no commit.</param>
    /// <param name="cacheFolder">The cache folder.</param>
    /// <param name="selection">Which files are wanted.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <returns>What is missing; null where all is there.</returns>
    /// <exception cref="TextDataException">What <see cref="ResolveAsync"/> throws; or the model has no safetensors (says how to convert a pickle).</exception>
    public async Task<HubDownload?> MissingAsync(
        string reference, string cacheFolder, HubSelection selection = HubSelection.Model, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(cacheFolder);
        var parsed = HubReference.Parse(reference);
        var cache = new HubCache(cacheFolder, parsed);
        if (parsed.IsCommit && cache.Has(parsed.Revision, selection)) return null;
        var model = await ModelAsync(parsed, cache, selection, cancellationToken).ConfigureAwait(false);
        if (cache.Has(model.Commit, selection)) return null;
        Demand(model, parsed);
        var missing = HubFiles.Expected(model, HubFiles.Choose(parsed, model, selection)).Where(name => !File.Exists(Path.Combine(cache.FolderOf(model.Commit), name)));
        return new HubDownload(model.Commit, model.SizeOf(missing));
    }

    /// <summary>Brings a model's files into the cache folder where they are not there yet.</summary>
    /// <param name="reference">The reference; resolved first where it is no commit.</param>
    /// <param name="cacheFolder">The cache folder; made where it is missing.</param>
    /// <param name="selection">Which files are wanted; of a commit that was fetched before, others may lie there, too.</param>
    /// <param name="progress">
    /// Told the phase <c>downloading owner/name@commit</c>, in bytes of all files that are wanted, without a total where the hub names no sizes; and that another process's
    /// download of the same file is waited for.
    /// </param>
    /// <param name="cancellationToken">Stops a download; its part stays and is continued next time.</param>
    /// <returns>The folder with <c>config.json</c>, the weights and the tokenizer's files; do not change it.</returns>
    /// <exception cref="TextDataException">What <see cref="ResolveAsync"/> throws; the model has no safetensors (says how to convert a pickle); a
    /// download fails or brings other content than the hub names; or the folder cannot be written.</exception>
    public async Task<string> FetchAsync(
        string reference, string cacheFolder, HubSelection selection = HubSelection.Model, IProgress<TextProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(cacheFolder);
        var parsed = HubReference.Parse(reference);
        var cache = new HubCache(cacheFolder, parsed);
        try
        {
            if (parsed.IsCommit && cache.Has(parsed.Revision, selection)) return cache.FolderOf(parsed.Revision);
            var model = await ModelAsync(parsed, cache, selection, cancellationToken).ConfigureAwait(false);
            if (cache.Has(model.Commit, selection)) return cache.FolderOf(model.Commit);
            Demand(model, parsed);
            await DownloadAsync(parsed, model, selection, cache, progress, cancellationToken).ConfigureAwait(false);
            return cache.FolderOf(model.Commit);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the model cannot be stored: {e.Message}", cacheFolder, inner: e);
        }
    }

    private static void Demand(HubModel model, HubReference reference)
    {
        if (model.Files.Count == 0)
            throw new TextDataException("the hub is not asked or does not answer, and the cache does not hold the whole model", reference.ToString());
    }

    /// <summary>What the hub says, or the commit alone, without files, where it does not answer and the cache knows the commit.</summary>
    private async Task<HubModel> ModelAsync(HubReference reference, HubCache cache, HubSelection? needed, CancellationToken cancellationToken)
    {
        if (_options.Offline)
        {
            return new HubModel(cache.CommitOf(reference) ?? throw new TextDataException(
                "the hub is not to be asked (HF_HUB_OFFLINE) and the cache does not know the revision", reference.ToString()), []);
        }
        try
        {
            var model = await _client.ModelAsync(reference, cancellationToken).ConfigureAwait(false);
            cache.Remember(reference, model.Commit);
            return model;
        }
        catch (HubUnreachableException) when (!reference.IsCommit && cache.CommitOf(reference) is { } commit && (needed is not { } selection || cache.Has(commit, selection)))
        {
            return new HubModel(cache.CommitOf(reference)!, []);
        }
    }

    private async Task DownloadAsync(
        HubReference reference, HubModel model, HubSelection selection, HubCache cache, IProgress<TextProgress>? progress, CancellationToken cancellationToken)
    {
        var folder = cache.FolderOf(model.Commit);
        Directory.CreateDirectory(folder);
        var chosen = HubFiles.Choose(reference, model, selection);
        var told = progress is null ? null : new HubProgress(progress, $"downloading {reference.Repository}@{model.Commit[..12]}", model.SizeOf(HubFiles.Expected(model, chosen)));
        var files = new List<HubFile>();
        foreach (var name in chosen) await Add(name).ConfigureAwait(false);
        if (files.Exists(f => f.Name == HubFiles.Index))
        {
            foreach (var name in HubFiles.Shards(Path.Combine(folder, HubFiles.Index), reference, model)) await Add(name).ConfigureAwait(false);
        }
        cache.Complete(model.Commit, selection, files);

        async Task Add(string name)
        {
            var (file, length) = await _client.FileAsync(reference, model.Commit, name, cancellationToken).ConfigureAwait(false);
            if (name == HubFiles.Card && !(length <= HubFiles.LongestCard)) return;
            var target = Path.Combine(folder, name);
            await BringAsync(reference, model.Commit, file, cache, target, told, cancellationToken).ConfigureAwait(false);
            told?.Finished(new FileInfo(target).Length);
            files.Add(file);
        }
    }

    private async Task BringAsync(
        HubReference reference, string commit, HubFile file, HubCache cache, string target, HubProgress? progress, CancellationToken cancellationToken)
    {
        var part = cache.PartOf(file);
        Directory.CreateDirectory(Path.GetDirectoryName(part)!);
        using var alone = await FileLock.AcquireAsync(Path.ChangeExtension(part, ".lock"), shared: false, progress is null ? null : progress.Wait, cancellationToken).ConfigureAwait(false);
        if (File.Exists(target) && HubContent.Fits(target, file.ETag, cancellationToken)) return;
        if (cache.Find(file) is { } known)
        {
            DurableFile.Write(target, stream =>
            {
                using var source = File.OpenRead(known);
                source.CopyTo(stream);
            });
            if (HubContent.Fits(target, file.ETag, cancellationToken)) return;
        }
        var address = _client.AddressOf(reference, commit, file.Name);
        var download = new PartDownload(
            part, Location.Shown(address), _options.Download, (from, token) => _client.GetAsync(reference, address, from, token), progress);
        await download.FetchAsync(cancellationToken).ConfigureAwait(false);
        if (!HubContent.Fits(part, file.ETag, cancellationToken) && download.Continued)
        {
            File.Delete(part);
            await download.FetchAsync(cancellationToken).ConfigureAwait(false);
        }
        if (!HubContent.Fits(part, file.ETag, cancellationToken))
        {
            File.Delete(part);
            throw new TextDataException($"the downloaded {file.Name} is not what the hub names ({file.ETag}); it was deleted", Location.Shown(address));
        }
        DurableFile.Move(part, target);
    }
}

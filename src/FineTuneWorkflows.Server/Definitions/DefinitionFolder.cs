using Elsa.Common.Models;
using Elsa.Workflows;
using Elsa.Workflows.Management;
using Elsa.Workflows.Management.Filters;
using Elsa.Workflows.Management.Models;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Server.Data;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Definitions;

/// <summary>
/// Publishes the definitions of the workflows folder, and publishes them anew when their files change. An edit made in the designer is never overwritten: from then on the designer's version
/// stays, and the file's change is told as a difference. A definition whose file is deleted, or defines another, is unpublished, so that nothing starts it any more; one that was edited in the designer stays.
/// Where the files of all of several definitions are gone at once, the folder is taken for one that is not mounted, and they stay.
/// </summary>
internal sealed class DefinitionFolder(ServerOptions options, DefinitionImports imports, IServiceScopeFactory scopes, ILogger<DefinitionFolder> logger)
{
    private readonly Dictionary<string, Look> seen = new(StringComparer.Ordinal);
    private bool hasFolder = true;
    private bool saidAllGone;

    /// <summary>Looks at the folder once.</summary>
    public async Task SynchronizeAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(options.WorkflowsFolder))
        {
            // Perhaps a volume that is not mounted: that says nothing of its files.
            if (hasFolder)
                logger.WorkflowsFolderMissing(options.WorkflowsFolder);
            hasFolder = false;
            return;
        }

        hasFolder = true;
        var defined = Defined();
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in new DirectoryInfo(options.WorkflowsFolder).EnumerateFiles("*.json").OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            present.Add(file.Name);
            var look = new Look(file.LastWriteTimeUtc, file.Length, null);
            if (seen.TryGetValue(file.Name, out var before) && before with { DefinitionId = null } == look)
                continue;
            try
            {
                seen[file.Name] = look with { DefinitionId = await SynchronizeAsync(file, cancellationToken).ConfigureAwait(false) };
            }
            catch (Exception e) when (e is DefinitionException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
            {
                // Half-written files are read again when they change again.
                seen[file.Name] = look with { DefinitionId = before?.DefinitionId };
                logger.DefinitionRefused(file.Name, e.Message);
            }
        }

        foreach (var name in seen.Keys.Except(present, StringComparer.Ordinal).ToList())
            seen.Remove(name);
        // A file that was refused for another's sake may be read when that one is gone.
        if (defined.Except(Defined(), StringComparer.Ordinal).Any())
            foreach (var (name, _) in seen.Where(s => s.Value.DefinitionId is null).ToList())
                seen.Remove(name);
        await RetractDeletedAsync(present, cancellationToken).ConfigureAwait(false);
    }

    private async Task RetractDeletedAsync(HashSet<string> present, CancellationToken cancellationToken)
    {
        var defined = Defined();
        var all = await imports.AllAsync(cancellationToken).ConfigureAwait(false);
        var published = all.Where(i => !i.IsFileGone).ToList();
        // Perhaps a volume that is not mounted: its mount point is there, and empty.
        var areAllGone = published.Count > 1 && !published.Any(i => present.Contains(i.File) || defined.Contains(i.DefinitionId));
        if (areAllGone && !saidAllGone)
            logger.AllDefinitionsGone(published.Count, options.WorkflowsFolder);
        saidAllGone = areAllGone;
        if (areAllGone)
            return;
        foreach (var import in all)
        {
            // A file that cannot be read just now defines what it did.
            var now = seen.GetValueOrDefault(import.File)?.DefinitionId;
            if (import.IsFileGone || defined.Contains(import.DefinitionId) || present.Contains(import.File) && now is null)
                continue;
            var what = now is null ? "was deleted" : $"now defines {now}";
            await using var scope = scopes.CreateAsyncScope();
            var store = scope.ServiceProvider.GetRequiredService<IWorkflowDefinitionStore>();
            var latest = await store.FindAsync(new WorkflowDefinitionFilter { DefinitionId = import.DefinitionId, VersionOptions = VersionOptions.Latest }, cancellationToken).ConfigureAwait(false);
            if (latest is not null && latest.Version != import.Version)
                logger.DefinitionStays(import.File, what, import.DefinitionId, latest.Version);
            else if (await scope.ServiceProvider.GetRequiredService<IWorkflowDefinitionPublisher>().RetractAsync(import.DefinitionId, cancellationToken).ConfigureAwait(false) is not null)
                logger.DefinitionRetracted(import.File, what, import.DefinitionId);
            await imports.SaveAsync(import.WithoutFile(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>The id of the definition in the file.</returns>
    private async Task<string> SynchronizeAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var definition = DefinitionReader.ReadFile(file.FullName);
        var json = await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false);
        var digest = ContentDigest.Of(json);
        var known = await imports.FindAsync(definition.Id, cancellationToken).ConfigureAwait(false);
        if (known is { IsFileGone: false } && known.File != file.Name && StillDefines(known))
            throw new DefinitionException(file.Name, $"its definitionId {definition.Id} is that of {known.File}, which stays; give this one a definitionId of its own");
        if (known?.FileSha256 == digest)
        {
            if (known.File != file.Name)
                await imports.SaveAsync(known with { File = file.Name }, cancellationToken).ConfigureAwait(false);
            return definition.Id;
        }

        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<IWorkflowDefinitionStore>();
        var latest = await store.FindAsync(new WorkflowDefinitionFilter { DefinitionId = definition.Id, VersionOptions = VersionOptions.Latest }, cancellationToken).ConfigureAwait(false);
        if (latest is not null && latest.Version != known?.Version)
        {
            await imports.SaveAsync(new(definition.Id, file.Name, digest, known?.Version ?? 0, IsPending: true), cancellationToken).ConfigureAwait(false);
            logger.DefinitionDiffers(file.Name, definition.Id, latest.Version, DefinitionEndpoints.DifferenceOf(definition.Id));
            return definition.Id;
        }

        var model = scope.ServiceProvider.GetRequiredService<IApiSerializer>().Deserialize<WorkflowDefinitionModel>(System.Text.Encoding.UTF8.GetString(json));
        // Without a driver an input is gone after the first resumption.
        foreach (var input in model.Inputs ?? [])
            input.StorageDriverType ??= typeof(WorkflowInstanceStorageDriver);
        var imported = await scope.ServiceProvider.GetRequiredService<IWorkflowDefinitionImporter>()
            .ImportAsync(new SaveWorkflowDefinitionRequest { Model = model, Publish = true }, cancellationToken).ConfigureAwait(false);
        if (!imported.Succeeded)
            throw new DefinitionException(file.Name, string.Join("; ", imported.ValidationErrors.Select(e => e.Message)));
        var version = imported.WorkflowDefinition.Version;
        await imports.SaveAsync(new(definition.Id, file.Name, digest, version, IsPending: false), cancellationToken).ConfigureAwait(false);
        logger.DefinitionPublished(definition.Id, version, file.Name);
        return definition.Id;
    }

    private bool StillDefines(DefinitionImport import)
    {
        var file = Path.Combine(options.WorkflowsFolder, import.File);
        try
        {
            return File.Exists(file) && DefinitionReader.ReadFile(file).Id == import.DefinitionId;
        }
        catch (Exception e) when (e is DefinitionException or IOException or UnauthorizedAccessException)
        {
            // Half-written, perhaps; it defines what it did.
            return true;
        }
    }

    private HashSet<string> Defined() => seen.Values.Select(l => l.DefinitionId).OfType<string>().ToHashSet(StringComparer.Ordinal);

    // What a file was like when it was last looked at, and which definition is in it; null where it could not be read.
    private sealed record Look(DateTime Changed, long Length, string? DefinitionId);
}

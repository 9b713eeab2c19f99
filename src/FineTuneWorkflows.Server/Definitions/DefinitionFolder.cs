using System.Security.Cryptography;
using Elsa.Common.Models;
using Elsa.Workflows;
using Elsa.Workflows.Management;
using Elsa.Workflows.Management.Filters;
using Elsa.Workflows.Management.Models;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Server.Data;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Observability;

namespace FineTuneWorkflows.Server.Definitions;

/// <summary>
/// Publishes the definitions of the workflows folder, and publishes them anew when their files change. An edit made in the designer is never overwritten: from then on the designer's version
/// stays, and the file's change is told as a difference.
/// </summary>
internal sealed class DefinitionFolder(ServerOptions options, DefinitionImports imports, IServiceScopeFactory scopes, ILogger<DefinitionFolder> logger)
{
    private readonly Dictionary<string, (DateTime Changed, long Length)> seen = new(StringComparer.Ordinal);

    /// <summary>Looks at the folder once.</summary>
    public async Task SynchronizeAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(options.WorkflowsFolder))
            return;
        foreach (var file in new DirectoryInfo(options.WorkflowsFolder).EnumerateFiles("*.json").OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            var stamp = (file.LastWriteTimeUtc, file.Length);
            if (seen.TryGetValue(file.Name, out var before) && before == stamp)
                continue;
            try
            {
                await SynchronizeAsync(file, cancellationToken).ConfigureAwait(false);
                seen[file.Name] = stamp;
            }
            catch (Exception e) when (e is DefinitionException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
            {
                // Half-written files are read again when they change again.
                seen[file.Name] = stamp;
                logger.DefinitionRefused(file.Name, e.Message);
            }
        }
    }

    private async Task SynchronizeAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var definition = DefinitionReader.ReadFile(file.FullName);
        var json = await File.ReadAllBytesAsync(file.FullName, cancellationToken).ConfigureAwait(false);
        var digest = Convert.ToHexStringLower(SHA256.HashData(json));
        var known = await imports.FindAsync(definition.Id, cancellationToken).ConfigureAwait(false);
        if (known?.FileSha256 == digest)
            return;

        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<IWorkflowDefinitionStore>();
        var latest = await store.FindAsync(new WorkflowDefinitionFilter { DefinitionId = definition.Id, VersionOptions = VersionOptions.Latest }, cancellationToken).ConfigureAwait(false);
        if (latest is not null && latest.Version != known?.Version)
        {
            await imports.SaveAsync(new(definition.Id, file.Name, digest, known?.Version ?? 0, IsPending: true), cancellationToken).ConfigureAwait(false);
            logger.DefinitionDiffers(file.Name, definition.Id, latest.Version, DefinitionEndpoints.DifferenceOf(definition.Id));
            return;
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
    }
}

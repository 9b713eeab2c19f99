using System.Text;
using Elsa.Common.Models;
using Elsa.Workflows.Management;
using FineTuneWorkflows.Server.Jobs;

namespace FineTuneWorkflows.Server.Runs;

/// <summary>The definitions that runs were started from, as the designer would export them.</summary>
internal sealed class RunDefinitions(IServiceScopeFactory scopes)
{
    /// <summary>The definition of a job's run in the version that runs; null where it was deleted meanwhile.</summary>
    public async Task<string?> JsonAsync(StageJobRequest request, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var exporter = scope.ServiceProvider.GetRequiredService<IWorkflowDefinitionExporter>();
        var exported = await exporter.ExportAsync(request.DefinitionId, VersionOptions.SpecificVersion(request.Journal.Version), false, cancellationToken).ConfigureAwait(false);
        return exported is null ? null : Encoding.UTF8.GetString(exported.Data);
    }
}

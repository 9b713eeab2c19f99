using System.Text;
using System.Text.Json.Nodes;
using Elsa.Common.Models;
using Elsa.Workflows.Management;
using Elsa.Workflows.Management.Filters;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Security.Keys;
using Entity = Elsa.Workflows.Management.Entities.WorkflowDefinition;

namespace FineTuneWorkflows.Server.Definitions;

/// <summary>Tells which definitions came from files, and how those in the designer differ from them.</summary>
internal static class DefinitionEndpoints
{
    public static string DifferenceOf(string definitionId) => $"/api/definitions/{definitionId}/difference";

    public static void MapDefinitions(this IEndpointRouteBuilder app)
    {
        var definitions = app.MapGroup("/api/definitions").RequirePermission(Permissions.ReadDefinitions);
        definitions.MapGet("", ListAsync);
        definitions.MapGet("/{id}/difference", DifferenceAsync);
    }

    private static async Task<IResult> ListAsync(DefinitionImports imports, IWorkflowDefinitionStore store, CancellationToken cancellationToken)
    {
        var rows = new List<object>();
        foreach (var import in await imports.AllAsync(cancellationToken).ConfigureAwait(false))
        {
            var latest = await LatestAsync(store, import.DefinitionId, cancellationToken).ConfigureAwait(false);
            rows.Add(new
            {
                definitionId = import.DefinitionId,
                file = import.File,
                versionFromFile = import.Version,
                latestVersion = latest?.Version,
                isEditedInDesigner = latest is not null && latest.Version != import.Version,
                isFileNewer = import.IsPending,
                isFileGone = import.IsFileGone,
                isPublished = latest?.IsPublished ?? false,
            });
        }

        return Results.Json(rows);
    }

    private static async Task<IResult> DifferenceAsync(string id, DefinitionImports imports, IWorkflowDefinitionStore store, ServerOptions options, CancellationToken cancellationToken)
    {
        var import = await imports.FindAsync(id, cancellationToken).ConfigureAwait(false);
        var latest = await LatestAsync(store, id, cancellationToken).ConfigureAwait(false);
        if (import is null || latest is null)
            return Results.NotFound(new { error = $"no file of the workflows folder defines {id}" });
        if (import.IsFileGone)
            return Results.NotFound(new { error = $"the file {import.File} of definition {id} was deleted" });
        try
        {
            var file = DefinitionReader.ReadFile(Path.Combine(options.WorkflowsFolder, import.File));
            return Results.Json(new { definitionId = id, file = import.File, latestVersion = latest.Version, differences = DefinitionDifference.Between(file, Read(latest)) });
        }
        catch (DefinitionException e)
        {
            return Results.UnprocessableEntity(new { error = e.Message });
        }
    }

    private static Task<Entity?> LatestAsync(IWorkflowDefinitionStore store, string id, CancellationToken cancellationToken) =>
        store.FindAsync(new WorkflowDefinitionFilter { DefinitionId = id, VersionOptions = VersionOptions.Latest }, cancellationToken);

    private static WorkflowDefinition Read(Entity definition)
    {
        var json = new JsonObject
        {
            ["definitionId"] = definition.DefinitionId,
            ["name"] = definition.Name,
            ["root"] = JsonNode.Parse(definition.StringData!),
            ["inputs"] = new JsonArray([.. definition.Inputs.Select(i => (JsonNode)new JsonObject { ["name"] = i.Name, ["type"] = i.Type.Name })]),
            ["variables"] = new JsonArray([.. definition.Variables.Select(v => (JsonNode)new JsonObject
            {
                ["id"] = v.Id,
                ["name"] = v.Name,
                ["typeName"] = (v.GetType().GenericTypeArguments.FirstOrDefault() ?? typeof(object)).Name,
                ["value"] = Convert.ToString(v.Value, System.Globalization.CultureInfo.InvariantCulture),
            })]),
        };
        return DefinitionReader.Read(Encoding.UTF8.GetBytes(json.ToJsonString()), definition.DefinitionId, "");
    }
}

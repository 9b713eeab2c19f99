using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Server.Activities;

/// <summary>Offers every stage of the catalog as an activity of Elsa's toolbox. Nothing of a stage is written down twice: inputs, defaults and ranges come from its descriptor.</summary>
internal sealed class StageActivityProvider(StageCatalog catalog) : IActivityProvider
{
    /// <summary>The toolbox group.</summary>
    public const string Category = "Fine-tuning";

    public ValueTask<IEnumerable<ActivityDescriptor>> GetDescriptorsAsync(CancellationToken cancellationToken = default) =>
        new(catalog.Stages.Select(Descriptor).ToList());

    private static ActivityDescriptor Descriptor(StageDescriptor stage) => new()
    {
        TypeName = stage.Type,
        ClrType = typeof(StageActivity),
        Namespace = stage.Type[..stage.Type.IndexOf('.', StringComparison.Ordinal)],
        Name = stage.Name,
        // Definitions name the activity's version; the stage's own version belongs to the fingerprint only.
        Version = 1,
        Category = Category,
        DisplayName = ParameterInput.Words(stage.Name),
        Description = stage.Description,
        Kind = ActivityKind.Action,
        IsBrowsable = true,
        Ports = [new Port { Name = "Done", DisplayName = "Done", Type = PortType.Flow, IsBrowsable = true }],
        Inputs = [.. stage.Parameters.Select(ParameterInput.Of)],
        Outputs = [.. StageOutputs.Descriptors],
        Constructor = context =>
        {
            var result = context.CreateActivity<StageActivity>();
            result.Activity.Type = stage.Type;
            result.Activity.Version = 1;
            return result;
        },
    };
}

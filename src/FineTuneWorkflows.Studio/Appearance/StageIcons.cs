using Elsa.Studio.Workflows.UI.Contracts;
using Elsa.Studio.Workflows.UI.Models;
using MudBlazor;

namespace FineTuneWorkflows.Studio.Appearance;

/// <summary>An icon for each stage, one colour for all.</summary>
internal sealed class StageIcons(IReadOnlyList<string> stageTypes) : IActivityDisplaySettingsProvider
{
    private const string Color = "#6d28d9";

    private static readonly Dictionary<string, string> Icons = new(StringComparer.Ordinal)
    {
        ["FineTune.FetchData"] = MudBlazor.Icons.Material.Outlined.CloudDownload,
        ["FineTune.Augment"] = MudBlazor.Icons.Material.Outlined.AutoFixHigh,
        ["FineTune.Tokenize"] = MudBlazor.Icons.Material.Outlined.ContentCut,
        ["FineTune.FineTune"] = MudBlazor.Icons.Material.Outlined.ModelTraining,
        ["FineTune.Evaluate"] = MudBlazor.Icons.Material.Outlined.Assessment,
        ["FineTune.RegisterModel"] = MudBlazor.Icons.Material.Outlined.Inventory2,
    };

    public IDictionary<string, ActivityDisplaySettings> GetSettings() =>
        stageTypes.ToDictionary(type => type, type => new ActivityDisplaySettings(Color, Icons.GetValueOrDefault(type, MudBlazor.Icons.Material.Outlined.Science)));
}

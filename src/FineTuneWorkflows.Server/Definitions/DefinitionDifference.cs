using System.Globalization;
using System.Text.Json;
using FineTuneWorkflows.Pipelines.Definitions;

namespace FineTuneWorkflows.Server.Definitions;

/// <summary>How a definition in the designer differs from its file, in what matters to a run: activities, their settings, connections, properties. Positions do not.</summary>
internal static class DefinitionDifference
{
    /// <summary>One line per difference; empty where there is none.</summary>
    public static IReadOnlyList<string> Between(WorkflowDefinition file, WorkflowDefinition designer)
    {
        var before = Lines(file);
        var after = Lines(designer);
        return [.. before.Keys.Union(after.Keys)
            .Order(StringComparer.Ordinal)
            .Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))
            .Select(key => $"{key}: {before.GetValueOrDefault(key) ?? "(not in the file)"} -> {after.GetValueOrDefault(key) ?? "(not in the designer)"}")];
    }

    private static Dictionary<string, string> Lines(WorkflowDefinition definition)
    {
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in definition.Properties)
            lines[$"{(property.IsInput ? "input" : "variable")} {property.Name}"] = $"{property.Kind.TypeName} {Convert.ToString(property.Default, CultureInfo.InvariantCulture)}".TrimEnd();
        foreach (var activity in definition.Activities)
        {
            lines[$"activity {activity.Id}"] = activity.Type;
            foreach (var (name, setting) in activity.Settings)
                if (setting.Value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
                    lines[$"activity {activity.Id} {char.ToLowerInvariant(name[0])}{name[1..]}"] = setting.Type == "Literal" ? Text(setting.Value) : $"{setting.Type} {Text(setting.Value)}";
        }

        foreach (var connection in definition.Connections)
            lines[$"connection {connection.Source} -> {connection.Target}"] = connection.Port;
        return lines;
    }

    // A reference is told by its name: the designer leaves members out that files carry.
    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Object when value.TryGetProperty("name", out var name) => name.ToString(),
        _ => value.GetRawText(),
    };
}

using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>
/// Reads Elsa 3 workflow definitions (as Studio exports them, or as its API takes them in <c>model</c>) whose root is a Flowchart or a Sequence.
/// </summary>
public static class DefinitionReader
{
    /// <summary>Reads a definition from a file.</summary>
    /// <exception cref="DefinitionException">There is no such file, it is no JSON, or no workflow definition.</exception>
    public static WorkflowDefinition ReadFile(string path)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DefinitionException(path, File.Exists(path) ? $"cannot be read: {e.Message}" : Directory.Exists(path) ? "is a folder, not a workflow definition" : "there is no such file");
        }

        return Read(json, path, Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Reads a definition from UTF-8 JSON.</summary>
    /// <param name="json">The bytes.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="folder">What relative paths in it count from.</param>
    /// <exception cref="DefinitionException">It is no JSON, or no workflow definition.</exception>
    public static WorkflowDefinition Read(ReadOnlyMemory<byte> json, string file, string folder)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new DefinitionException(file, $"is not JSON: line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}");
        }

        using (document)
        {
            RequireTexts(document.RootElement, file);
            return new Reading(file).Definition(document.RootElement, folder);
        }
    }

    /// <summary>Refuses bytes that are not UTF-8 and halves of surrogate pairs, which show themselves only where a text is asked for: in a name, a value, or long after.</summary>
    private static void RequireTexts(JsonElement json, string file)
    {
        try
        {
            switch (json.ValueKind)
            {
                case JsonValueKind.String:
                    _ = json.GetString();
                    break;
                case JsonValueKind.Array:
                    foreach (var item in json.EnumerateArray())
                        RequireTexts(item, file);
                    break;
                case JsonValueKind.Object:
                    foreach (var member in json.EnumerateObject())
                    {
                        _ = member.Name;
                        RequireTexts(member.Value, file);
                    }

                    break;
            }
        }
        catch (InvalidOperationException)
        {
            throw new DefinitionException(file, "has a text that is not valid UTF-8, or an escape that is half of a character");
        }
    }

    private sealed class Reading(string file)
    {
        public WorkflowDefinition Definition(JsonElement json, string folder)
        {
            if (json.ValueKind == JsonValueKind.Object && !json.TryGetProperty("root", out _) && json.TryGetProperty("model", out var model))
                json = model;
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("root", out var root) || root.ValueKind != JsonValueKind.Object)
                throw Wrong("is no workflow definition: it has no \"root\" activity");

            var id = Text(json, "definitionId") ?? Text(json, "id") ?? Path.GetFileNameWithoutExtension(file);
            var activities = Activities(root);
            return new(
                id, Text(json, "name") ?? id, file, folder, [.. Inputs(json), .. Variables(json, root)], activities,
                Text(root, "type") switch
                {
                    "Elsa.Flowchart" => [.. Connections(root)],
                    "Elsa.Sequence" => [.. activities.Zip(activities.Skip(1), (a, b) => new ActivityConnection(a.Id, "Done", b.Id))],
                    var other => throw Wrong($"its root is {ParameterKind.Show(other)}; it must be an Elsa.Flowchart or an Elsa.Sequence"),
                });
        }

        private DefinitionException Wrong(string message) => new(file, message);

        private static string? Text(JsonElement json, string name) =>
            json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

        private IEnumerable<JsonElement> Items(JsonElement json, string name)
        {
            if (!json.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null)
                yield break;
            if (list.ValueKind != JsonValueKind.Array)
                throw Wrong($"\"{name}\" is no list");
            foreach (var item in list.EnumerateArray())
                yield return item.ValueKind == JsonValueKind.Object ? item : throw Wrong($"\"{name}\" holds {ParameterKind.Show(item)} where an object belongs");
        }

        private IEnumerable<PropertyDeclaration> Inputs(JsonElement json)
        {
            foreach (var input in Items(json, "inputs"))
            {
                var (name, kind) = NameAndKind(input, "input", input.TryGetProperty("type", out _) ? "type" : "typeName");
                yield return new(name, kind, null, true, null, Text(input, "description") ?? Text(input, "displayName") ?? "");
            }
        }

        // Studio keeps variables on the definition, and older exports on the root activity.
        private IEnumerable<PropertyDeclaration> Variables(JsonElement json, JsonElement root)
        {
            foreach (var owner in (JsonElement[])[json, root])
            foreach (var variable in Items(owner, "variables"))
            {
                var (name, kind) = NameAndKind(variable, "variable", "typeName");
                object? value = null;
                if (variable.TryGetProperty("value", out var raw) && raw.ValueKind != JsonValueKind.Null && !kind.TryConvert(raw, out value))
                    throw Wrong($"variable {name} wants {kind.Article}, its default is {ParameterKind.Show(raw)}");
                yield return new(name, kind, value, false, Text(variable, "id"), Text(variable, "description") ?? "");
            }
        }

        private (string Name, ParameterKind Kind) NameAndKind(JsonElement json, string what, string typeMember)
        {
            var name = Text(json, "name") ?? throw Wrong($"there is a{(what[0] == 'i' ? "n" : "")} {what} without a name");
            var type = Text(json, typeMember) ?? "String";
            var isArray = json.TryGetProperty("isArray", out var array) && array.ValueKind == JsonValueKind.True;
            return (name, ParameterKind.OfTypeName(type, isArray) ?? throw Wrong($"{what} {name} has the type {type}{(isArray ? "[]" : "")}, which no parameter can take"));
        }

        private List<ActivityDefinition> Activities(JsonElement root)
        {
            var names = new List<string?>();
            foreach (var item in Items(root, "activities"))
                names.Add(Text(item, "name"));
            if (names.Count == 0)
                throw Wrong("has no activities");
            var activities = new List<ActivityDefinition>();
            foreach (var item in Items(root, "activities"))
            {
                var own = names[activities.Count];
                var id = Text(item, "id") ?? own ?? throw Wrong($"activity number {activities.Count + 1} has neither an id nor a name");
                var name = own is not null && names.Count(n => string.Equals(n, own, StringComparison.OrdinalIgnoreCase)) == 1 ? own : id;
                var type = Text(item, "type") ?? throw Wrong($"activity {name} has no type");
                activities.Add(new(id, name, type, Settings(item, name)));
            }

            return activities.GroupBy(a => a.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
                ? throw Wrong($"two activities have the id {twice.Key}")
                : activities;
        }

        private Dictionary<string, SettingExpression> Settings(JsonElement activity, string name)
        {
            var settings = new Dictionary<string, SettingExpression>(StringComparer.OrdinalIgnoreCase);
            foreach (var member in activity.EnumerateObject())
            {
                if (ActivityMembers.IsReserved(member.Name) || member.Value.ValueKind == JsonValueKind.Null)
                    continue;
                if (!settings.TryAdd(member.Name, Expression(member.Value)))
                    throw Wrong($"activity {name} sets {member.Name} twice");
            }

            return settings;
        }

        // {"typeName": ..., "expression": {"type": "Literal", "value": 5}}; a bare value stands for a literal.
        private static SettingExpression Expression(JsonElement json)
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("expression", out var expression))
                return new("Literal", json.Clone());
            if (expression.ValueKind != JsonValueKind.Object)
                return new("Literal", default);
            return new(Text(expression, "type") ?? "Literal", expression.TryGetProperty("value", out var value) ? value.Clone() : default);
        }

        private IEnumerable<ActivityConnection> Connections(JsonElement root)
        {
            foreach (var connection in Items(root, "connections"))
            {
                var (source, port) = End(connection, "source");
                var (target, _) = End(connection, "target");
                yield return new(source, port ?? "Done", target);
            }
        }

        private (string Activity, string? Port) End(JsonElement connection, string side)
        {
            if (!connection.TryGetProperty(side, out var end))
                throw Wrong($"a connection has no {side}");
            return end.ValueKind == JsonValueKind.String
                ? (end.GetString()!, Text(connection, side + "Port"))
                : end.ValueKind == JsonValueKind.Object && Text(end, "activity") is { } activity ? (activity, Text(end, "port"))
                : throw Wrong($"a connection's {side} names no activity");
        }
    }
}

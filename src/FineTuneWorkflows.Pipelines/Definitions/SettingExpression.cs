using System.Text.Json;

namespace FineTuneWorkflows.Pipelines.Definitions;

/// <summary>What a definition sets a parameter to.</summary>
/// <param name="Type">The expression's type: <c>Literal</c>, <c>Object</c>, <c>Variable</c>, <c>Input</c>, or one that only the server evaluates.</param>
/// <param name="Value">Its value: a literal, an object, or the reference to a variable or input.</param>
public sealed record SettingExpression(string Type, JsonElement Value);

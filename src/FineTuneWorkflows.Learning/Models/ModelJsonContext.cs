using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>Reading and writing of <c>config.json</c>, generated at compile time.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BertConfig))]
internal sealed partial class ModelJsonContext : JsonSerializerContext;

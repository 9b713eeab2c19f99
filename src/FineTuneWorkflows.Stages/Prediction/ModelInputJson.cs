using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Stages.Prediction;

/// <summary>Reading and writing of <c>model_input.json</c>, generated at compile time.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ModelInput))]
internal sealed partial class ModelInputJson : JsonSerializerContext;

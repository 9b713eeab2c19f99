using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>Reading and writing of <c>state.json</c>, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointManifest))]
[JsonSerializable(typeof(TrainingState))]
internal sealed partial class CheckpointJsonContext : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>How jobs are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StageJobRequest))]
[JsonSerializable(typeof(StageJobResult))]
internal sealed partial class JobJson : JsonSerializerContext;

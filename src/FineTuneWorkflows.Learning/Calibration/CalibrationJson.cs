using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Learning.Calibration;

/// <summary>Reading and writing of <c>calibration.json</c>, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModelCalibration))]
internal sealed partial class CalibrationJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Mlflow.Transport;

/// <summary>The wire format: snake case, nulls left out, numbers also as text, NaN and infinities by name, as protobuf's JSON has them. An answer that lacks what it must have is none.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Empty))]
[JsonSerializable(typeof(CreateExperiment))]
[JsonSerializable(typeof(ExperimentKey))]
[JsonSerializable(typeof(ExperimentTag))]
[JsonSerializable(typeof(UpdateExperiment))]
[JsonSerializable(typeof(ExperimentAnswer))]
[JsonSerializable(typeof(ExperimentsAnswer))]
[JsonSerializable(typeof(Search))]
[JsonSerializable(typeof(CreateRun))]
[JsonSerializable(typeof(UpdateRun))]
[JsonSerializable(typeof(RunIdOnly))]
[JsonSerializable(typeof(RunTag))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(RunInfoAnswer))]
[JsonSerializable(typeof(RunsAnswer))]
[JsonSerializable(typeof(LogInputs))]
[JsonSerializable(typeof(LogOutputs))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(FilesAnswer))]
[JsonSerializable(typeof(CreateMultipart))]
[JsonSerializable(typeof(MultipartTarget))]
[JsonSerializable(typeof(CreateMultipartAnswer))]
[JsonSerializable(typeof(UploadedPart))]
[JsonSerializable(typeof(CompleteMultipart))]
[JsonSerializable(typeof(AbortMultipart))]
[JsonSerializable(typeof(CreateLoggedModel))]
[JsonSerializable(typeof(FinalizeLoggedModel))]
[JsonSerializable(typeof(LoggedModelAnswer))]
[JsonSerializable(typeof(LoggedModelsAnswer))]
[JsonSerializable(typeof(ModelOrder))]
[JsonSerializable(typeof(SearchLoggedModels))]
[JsonSerializable(typeof(CreateRegisteredModel))]
[JsonSerializable(typeof(RegisteredModelName))]
[JsonSerializable(typeof(UpdateRegisteredModel))]
[JsonSerializable(typeof(RegisteredModelTag))]
[JsonSerializable(typeof(RegisteredModelAnswer))]
[JsonSerializable(typeof(RegisteredModelsAnswer))]
[JsonSerializable(typeof(CreateModelVersion))]
[JsonSerializable(typeof(ModelVersionTag))]
[JsonSerializable(typeof(ModelVersionName))]
[JsonSerializable(typeof(ModelVersionAnswer))]
[JsonSerializable(typeof(ModelVersionsAnswer))]
[JsonSerializable(typeof(SetAlias))]
[JsonSerializable(typeof(DeleteAlias))]
internal sealed partial class MlflowJson : JsonSerializerContext;

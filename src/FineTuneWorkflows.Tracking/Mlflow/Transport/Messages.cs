using System.Text.Json.Serialization;
using FineTuneWorkflows.Tracking.Mlflow.Entities;

namespace FineTuneWorkflows.Tracking.Mlflow.Transport;

// What is sent and received, as the endpoints name it; snake case on the wire.
internal sealed record Empty;

internal sealed record CreateExperiment(string Name, string? ArtifactLocation, IReadOnlyList<MlflowTag>? Tags);

internal sealed record ExperimentKey(string ExperimentId);

internal sealed record ExperimentTag(string ExperimentId, string Key, string Value);

internal sealed record UpdateExperiment(string ExperimentId, string NewName);

internal sealed record ExperimentAnswer([property: JsonRequired] MlflowExperiment Experiment);

internal sealed record ExperimentsAnswer(IReadOnlyList<MlflowExperiment>? Experiments, string? NextPageToken);

internal sealed record Search(
    string? Filter, int MaxResults, IReadOnlyList<string>? OrderBy, string? PageToken, IReadOnlyList<string>? ExperimentIds, string? ViewType = null,
    string? RunViewType = null);

internal sealed record CreateRun(string ExperimentId, string? RunName, long StartTime, IReadOnlyList<MlflowTag>? Tags);

internal sealed record UpdateRun(string RunId, MlflowRunStatus? Status, long? EndTime, string? RunName);

internal sealed record RunIdOnly(string RunId);

internal sealed record RunTag(string RunId, string Key, string Value);

internal sealed record RunAnswer([property: JsonRequired] MlflowRun Run);

internal sealed record RunInfoAnswer([property: JsonRequired] MlflowRunInfo RunInfo);

internal sealed record RunsAnswer(IReadOnlyList<MlflowRun>? Runs, string? NextPageToken);

internal sealed record LogInputs(string RunId, IReadOnlyList<MlflowDatasetInput> Datasets, IReadOnlyList<MlflowModelInput>? Models);

internal sealed record LogOutputs(string RunId, IReadOnlyList<MlflowModelOutput> Models);

internal sealed record HistoryAnswer(IReadOnlyList<MlflowMetric>? Metrics, string? NextPageToken);

internal sealed record FilesAnswer(string? RootUri, IReadOnlyList<MlflowFileInfo>? Files, string? NextPageToken);

internal sealed record CreateMultipart(string Path, int NumParts);

internal sealed record MultipartTarget(string Url, int PartNumber, IReadOnlyDictionary<string, string>? Headers);

internal sealed record CreateMultipartAnswer(string? UploadId, IReadOnlyList<MultipartTarget>? Credentials);

internal sealed record UploadedPart(int PartNumber, string Etag, string Url);

internal sealed record CompleteMultipart(string Path, string? UploadId, IReadOnlyList<UploadedPart> Parts);

internal sealed record AbortMultipart(string Path, string? UploadId);

internal sealed record CreateLoggedModel(
    string ExperimentId, string Name, string? ModelType, string? SourceRunId, IReadOnlyList<MlflowParam>? Params, IReadOnlyList<MlflowTag>? Tags);

internal sealed record FinalizeLoggedModel(string ModelId, string Status);

internal sealed record LoggedModelAnswer([property: JsonRequired] MlflowLoggedModel Model);

internal sealed record LoggedModelsAnswer(IReadOnlyList<MlflowLoggedModel>? Models, string? NextPageToken);

internal sealed record ModelOrder(string FieldName, bool Ascending);

internal sealed record SearchLoggedModels(
    IReadOnlyList<string> ExperimentIds, string? Filter, int MaxResults, IReadOnlyList<ModelOrder>? OrderBy, string? PageToken);

internal sealed record CreateRegisteredModel(string Name, string? Description, IReadOnlyList<MlflowTag>? Tags);

internal sealed record RegisteredModelName(string Name);

internal sealed record UpdateRegisteredModel(string Name, string Description);

internal sealed record RegisteredModelTag(string Name, string Key, string Value);

internal sealed record RegisteredModelAnswer([property: JsonRequired] MlflowRegisteredModel RegisteredModel);

internal sealed record RegisteredModelsAnswer(IReadOnlyList<MlflowRegisteredModel>? RegisteredModels, string? NextPageToken);

internal sealed record CreateModelVersion(
    string Name, string Source, string? RunId, string? ModelId, string? Description, IReadOnlyList<MlflowTag>? Tags);

internal sealed record ModelVersionTag(string Name, string Version, string Key, string Value);

internal sealed record ModelVersionName(string Name, string Version);

internal sealed record ModelVersionAnswer([property: JsonRequired] MlflowModelVersion ModelVersion);

internal sealed record ModelVersionsAnswer(IReadOnlyList<MlflowModelVersion>? ModelVersions, string? NextPageToken);

internal sealed record SetAlias(string Name, string Alias, string Version);

internal sealed record DeleteAlias(string Name, string Alias);

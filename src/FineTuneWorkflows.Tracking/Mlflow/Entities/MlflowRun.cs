using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A run with what is known of it.</summary>
/// <param name="Info">Its ids, times and status.</param>
/// <param name="Data">Latest metrics, parameters and tags; null for none.</param>
/// <param name="Inputs">Its data sets.</param>
/// <param name="Outputs">The models it made.</param>
public sealed record MlflowRun([property: JsonRequired] MlflowRunInfo Info, MlflowRunData? Data = null, MlflowRunInputs? Inputs = null, MlflowRunOutputs? Outputs = null);

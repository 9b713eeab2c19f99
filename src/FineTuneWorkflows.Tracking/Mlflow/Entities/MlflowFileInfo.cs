using System.Text.Json.Serialization;

namespace FineTuneWorkflows.Tracking.Mlflow.Entities;

/// <summary>A file or folder among the artifacts.</summary>
/// <param name="Path">Relative to the root of the artifacts.</param>
/// <param name="IsDir">True for a folder.</param>
/// <param name="FileSize">Bytes; null for a folder.</param>
public sealed record MlflowFileInfo([property: JsonRequired] string Path, bool IsDir = false, long? FileSize = null);

namespace FineTuneWorkflows.Tracking.SystemMetrics;

/// <summary>How busy a GPU is.</summary>
internal readonly record struct GpuUse(int Index, double UtilizationPercentage, double UsedMebibytes, double TotalMebibytes);

using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Tracking.SystemMetrics;

/// <summary>
/// Reads how busy the machine is, under the names that MLflow's page for system metrics shows: <c>system/cpu_utilization_percentage</c>,
/// <c>system/system_memory_usage_megabytes</c> and <c>_percentage</c>, and for each NVIDIA GPU <c>system/gpu_{i}_utilization_percentage</c>,
/// <c>system/gpu_{i}_memory_usage_megabytes</c> and <c>_percentage</c>. What cannot be read is left out. Not for several threads at once.
/// </summary>
public sealed class SystemMetricsSampler
{
    private readonly Func<CpuTimes?> _cpu;
    private readonly Func<MemoryUse?> _memory;
    private readonly Func<string?> _gpus;
    private CpuTimes? _before;

    /// <summary>Makes a sampler of this machine. The first sample tells the use since now.</summary>
    public SystemMetricsSampler() : this(CpuTimes.Read, MemoryUse.Read, new NvidiaSmi().Query) { }

    internal SystemMetricsSampler(Func<CpuTimes?> cpu, Func<MemoryUse?> memory, Func<string?> gpus)
    {
        (_cpu, _memory, _gpus) = (cpu, memory, gpus);
        _before = cpu();
    }

    /// <summary>Takes a sample. With a GPU it starts a program and takes some ten milliseconds, so once in ten seconds is often enough.</summary>
    /// <param name="step">The step of the values; MLflow's own client counts samples.</param>
    /// <param name="time">Their time.</param>
    public IReadOnlyList<MetricPoint> Sample(long step, DateTimeOffset time)
    {
        var points = new List<MetricPoint>();
        void Add(string name, double value) => points.Add(new MetricPoint($"system/{name}", Math.Round(value, 1), step, time));

        var now = _cpu();
        if (now is { } after && _before is { } before && after.Total > before.Total)
            Add("cpu_utilization_percentage", 100 * (after.Busy - before.Busy) / (after.Total - before.Total));
        _before = now;
        if (_memory() is { } memory)
        {
            Add("system_memory_usage_megabytes", memory.UsedBytes / 1e6);
            Add("system_memory_usage_percentage", 100 * memory.UsedBytes / memory.TotalBytes);
        }

        foreach (var gpu in NvidiaSmi.Parse(_gpus()))
        {
            Add($"gpu_{gpu.Index}_utilization_percentage", gpu.UtilizationPercentage);
            Add($"gpu_{gpu.Index}_memory_usage_megabytes", gpu.UsedMebibytes * 1.048576);
            Add($"gpu_{gpu.Index}_memory_usage_percentage", 100 * gpu.UsedMebibytes / gpu.TotalMebibytes);
        }

        return points;
    }
}

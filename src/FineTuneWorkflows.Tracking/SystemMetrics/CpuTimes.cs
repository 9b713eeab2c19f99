using System.Diagnostics;
using System.Globalization;

namespace FineTuneWorkflows.Tracking.SystemMetrics;

/// <summary>Time that all CPUs spent since some start, busy and in all, in one unit. Off Linux it is this process alone that is seen.</summary>
internal readonly record struct CpuTimes(double Busy, double Total)
{
    internal static CpuTimes? Read()
    {
        if (!OperatingSystem.IsLinux())
            return new CpuTimes(
                Environment.CpuUsage.TotalTime.TotalSeconds, Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency * Environment.ProcessorCount);
        try
        {
            return Parse(File.ReadLines("/proc/stat").FirstOrDefault());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // Without /proc there is nothing to tell.
        }
    }

    /// <summary>
    /// Reads the first line of <c>/proc/stat</c> (proc(5)): user, nice, system, idle, iowait, irq, softirq, steal; what follows is in user
    /// already.
    /// </summary>
    internal static CpuTimes? Parse(string? line)
    {
        var fields = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (fields.Length < 5 || fields[0] != "cpu") return null;
        var times = new double[Math.Min(fields.Length - 1, 8)];
        for (var i = 0; i < times.Length; i++)
            if (!double.TryParse(fields[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out times[i])) return null;
        var idle = times[3] + (times.Length > 4 ? times[4] : 0);
        return new CpuTimes(times.Sum() - idle, times.Sum());
    }
}

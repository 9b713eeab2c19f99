using System.Globalization;

namespace FineTuneWorkflows.Tracking.SystemMetrics;

/// <summary>The machine's memory in bytes.</summary>
internal readonly record struct MemoryUse(double UsedBytes, double TotalBytes)
{
    internal static MemoryUse? Read()
    {
        if (!OperatingSystem.IsLinux())
        {
            var seen = GC.GetGCMemoryInfo(GCKind.Any);
            return seen is { TotalAvailableMemoryBytes: > 0, MemoryLoadBytes: > 0 }
                ? new MemoryUse(seen.MemoryLoadBytes, seen.TotalAvailableMemoryBytes)
                : null;
        }

        try
        {
            return Parse(File.ReadLines("/proc/meminfo"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // Without /proc there is nothing to tell.
        }
    }

    /// <summary>Reads <c>/proc/meminfo</c> (proc(5)): used is what is not available to a program that wants memory.</summary>
    internal static MemoryUse? Parse(IEnumerable<string> lines)
    {
        double? total = null, available = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal)) total = Kibibytes(line);
            else if (line.StartsWith("MemAvailable:", StringComparison.Ordinal)) available = Kibibytes(line);
        }

        return total > 0 && available is not null ? new MemoryUse((total.Value - available.Value) * 1024, total.Value * 1024) : null;
    }

    private static double? Kibibytes(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var number, ..]
            && double.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}

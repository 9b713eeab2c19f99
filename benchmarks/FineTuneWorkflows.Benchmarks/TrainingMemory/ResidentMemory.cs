using System.Globalization;
using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.TrainingMemory;

/// <summary>What of this process is in RAM, by Linux's own count.</summary>
internal static class ResidentMemory
{
    /// <summary>The bytes now.</summary>
    public static long Now => Read("VmRSS:");

    /// <summary>The most bytes since the start or the last <see cref="ForgetPeak"/>.</summary>
    public static long Peak => Read("VmHWM:");

    /// <summary>Begins the peak anew from what there is now (proc(5), clear_refs).</summary>
    public static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long Read(string field)
    {
        if (!OperatingSystem.IsLinux())
            throw new BenchmarkException("this benchmark reads /proc, which only Linux has");
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..^"kB".Length], CultureInfo.InvariantCulture) * 1024;
    }
}

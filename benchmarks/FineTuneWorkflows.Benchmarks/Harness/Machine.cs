using System.Globalization;
using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>What the figures were taken on.</summary>
internal static class Machine
{
    public static string Description => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores {RuntimeInformation.ProcessArchitecture}, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30):0} GiB, {OperatingSystemName}, {RuntimeInformation.FrameworkDescription}, scratch on {ScratchFormat}");

    /// <summary>The most memory that this process ever had in RAM, in MiB.</summary>
    public static double PeakMebibytes()
    {
        const string status = "/proc/self/status";
        if (!File.Exists(status))
            return System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 / (double)(1 << 20);
        var line = File.ReadLines(status).First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line["VmHWM:".Length..^"kB".Length], CultureInfo.InvariantCulture) / 1024;
    }

    private static string OperatingSystemName => RuntimeInformation.OSDescription;

    // Flushes cost nothing on a file system in memory, so it matters which one it is.
    private static string ScratchFormat
    {
        get
        {
            var temporary = Path.GetTempPath();
            return DriveInfo.GetDrives().Where(d => d.IsReady && temporary.StartsWith(d.Name, StringComparison.Ordinal)).MaxBy(d => d.Name.Length)?.DriveFormat ?? "an unknown file system";
        }
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace FineTuneWorkflows.Tracking.SystemMetrics;

/// <summary>Asks NVIDIA's driver by its program. Where that is missing or fails once, it is not asked again.</summary>
internal sealed class NvidiaSmi
{
    private const int PatienceMilliseconds = 5_000;

    private bool _missing;

    internal string? Query()
    {
        if (_missing) return null;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(
                "nvidia-smi", "--query-gpu=index,utilization.gpu,memory.used,memory.total --format=csv,noheader,nounits")
            {
                RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, CreateNoWindow = true,
            })!;
            var output = process.StandardOutput.ReadToEndAsync();
            if (process.WaitForExit(PatienceMilliseconds) && process.ExitCode == 0) return output.GetAwaiter().GetResult();
            _missing = true;
            if (!process.HasExited) process.Kill();
        }
        catch (Exception fault) when (fault is Win32Exception or InvalidOperationException)
        {
            _missing = true; // No such program: no NVIDIA GPU to tell of.
        }

        return null;
    }

    /// <summary>
    /// Reads lines of index, utilization in percent, used and total memory in MiB; a GPU that does not tell all of them is left out.
    /// </summary>
    internal static IEnumerable<GpuUse> Parse(string? output)
    {
        foreach (var line in (output ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(',', StringSplitOptions.TrimEntries) is [var index, var utilization, var used, var total]
                && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && double.TryParse(utilization, NumberStyles.Float, CultureInfo.InvariantCulture, out var busy)
                && double.TryParse(used, NumberStyles.Float, CultureInfo.InvariantCulture, out var usedMebibytes)
                && double.TryParse(total, NumberStyles.Float, CultureInfo.InvariantCulture, out var totalMebibytes) && totalMebibytes > 0)
                yield return new GpuUse(number, busy, usedMebibytes, totalMebibytes);
        }
    }
}

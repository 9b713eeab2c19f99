using System.Diagnostics;

namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>A program that was run to its end, or to its killing.</summary>
/// <param name="Milliseconds">From just before its start until it was gone.</param>
/// <param name="ExitCode">Its exit code; 137 after SIGKILL.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record ProgramRun(double Milliseconds, int ExitCode, string Output, string Error)
{
    /// <summary>Runs a program.</summary>
    /// <param name="program">Its file.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="killAfter">After so much time it is killed with SIGKILL; null lets it finish.</param>
    public static async Task<ProgramRun> RunAsync(string program, IEnumerable<string> arguments, TimeSpan? killAfter = null)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Repository.Root };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(info) ?? throw new BenchmarkException($"{program} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (killAfter is { } moment)
        {
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(moment - watch.Elapsed < TimeSpan.Zero ? TimeSpan.Zero : moment - watch.Elapsed));
            if (!process.HasExited)
                process.Kill();
        }

        await process.WaitForExitAsync();
        var elapsed = watch.Elapsed.TotalMilliseconds;
        return new(elapsed, process.ExitCode, await output, await error);
    }

    /// <summary>Itself, if the program succeeded.</summary>
    /// <exception cref="BenchmarkException">It did not; says what it wrote.</exception>
    public ProgramRun Checked(string what) => ExitCode == 0 ? this : throw new BenchmarkException($"{what} ended with exit code {ExitCode}: {Error}{Output}");
}

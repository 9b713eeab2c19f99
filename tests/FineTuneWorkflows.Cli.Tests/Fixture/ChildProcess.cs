using System.Diagnostics;

namespace FineTuneWorkflows.Cli.Tests.Fixture;

/// <summary>The built command, or this test program in its place, as a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>The built <c>finetune.dll</c>.</summary>
    public static string Finetune { get; } = Path.Combine(AppContext.BaseDirectory, "finetune.dll");

    /// <summary>This test program, which is the command with the test stages.</summary>
    public static string TestFinetune { get; } = typeof(ChildProcess).Assembly.Location;

    public static Process Start(string program, string folder, IEnumerable<string> args, IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        // A shell starts what it runs in the background with SIGINT ignored, and children inherit that: a test of Ctrl-C would wait for ever.
        var start = new ProcessStartInfo(OperatingSystem.IsLinux() ? "env" : "dotnet") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        if (OperatingSystem.IsLinux())
        {
            start.ArgumentList.Add("--default-signal=INT");
            start.ArgumentList.Add("dotnet");
        }

        start.ArgumentList.Add(program);
        if (program == TestFinetune)
            start.ArgumentList.Add(EntryPoint.AsFineTune);
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        start.Environment.Remove("FINETUNE_HOME");
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<Workplace.Answer> RunAsync(string program, string folder, IEnumerable<string> args, IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        using var process = Start(program, folder, args, environment);
        return await AnswerAsync(process);
    }

    public static async Task<Workplace.Answer> AnswerAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new(process.ExitCode, await output, await error);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;

namespace FineTuneWorkflows.Tests.Python;

/// <summary>A Python with Hugging Face's libraries, where the environment variable <c>FINETUNE_PYTHON</c> says how to start one, such as <c>python3</c>.</summary>
internal static class ReferencePython
{
    private const string Variable = "FINETUNE_PYTHON";

    private static readonly ConcurrentDictionary<string, (int Exit, string Output, string Errors)> Imports = new(StringComparer.Ordinal);

    private static string[] Command => (Environment.GetEnvironmentVariable(Variable) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Skips the test where Python or a module is not at hand.</summary>
    public static void Require(params IReadOnlyList<string> modules)
    {
        Assert.SkipWhen(Command.Length == 0, $"{Variable} names no command that starts a Python with {string.Join(", ", modules)}");
        (int exit, _, string errors) = Imports.GetOrAdd("import " + string.Join(", ", modules), import => Start(["-c", import]));
        Assert.SkipWhen(exit == 1, $"the Python of {Variable} lacks a module: {errors.TrimEnd().Split('\n')[^1]}");
        Assert.True(exit == 0, $"{Variable} does not start a Python: {errors}");
    }

    /// <summary>Runs a script to its end.</summary>
    /// <returns>What it printed.</returns>
    public static string Run(string script, params IReadOnlyList<string> arguments)
    {
        (int exit, string output, string errors) = Start([script, .. arguments]);
        Assert.True(exit == 0, $"{script} ended with {exit}: {errors}");
        return output;
    }

    private static (int Exit, string Output, string Errors) Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in Command[1..].Concat(arguments))
            start.ArgumentList.Add(argument);
        // Nothing is fetched from the hub.
        start.Environment["HF_HUB_OFFLINE"] = "1";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}

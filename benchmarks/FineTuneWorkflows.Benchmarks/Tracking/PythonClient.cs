using System.Globalization;
using System.Text.Json;
using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>Python's MLflow client, the rival, where the environment variable <c>MLFLOW_PYTHON</c> says how to start a Python that has it, such as <c>python3</c>.</summary>
internal static class PythonClient
{
    private const string Variable = "MLFLOW_PYTHON";

    /// <summary>What the table says of a rival that is not there.</summary>
    public const string NotAtHand = $"Python's client: not at hand ({Variable})";

    public static bool IsAtHand => Command.Length > 0;

    private static string[] Command => (Environment.GetEnvironmentVariable(Variable) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Has it log steps of ten metrics.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="mode"><c>sync</c> or <c>async</c>.</param>
    /// <returns><c>mean</c>, <c>p99</c> and <c>max</c> of a call in milliseconds; <c>rate</c> in metrics a second, from the first call until all was delivered.</returns>
    /// <exception cref="BenchmarkException">It failed, or not all arrived.</exception>
    public static async Task<Dictionary<string, double>> MeasureAsync(int steps, string mode)
    {
        using var listener = new MetricListener();
        listener.Start();
        using var script = new StreamReader(typeof(PythonClient).Assembly.GetManifestResourceStream("rival.py")!);
        string[] arguments = [.. Command[1..], "-c", await script.ReadToEndAsync(), listener.Uri.ToString().TrimEnd('/'), steps.ToString(CultureInfo.InvariantCulture), mode];
        var run = (await ProgramRun.RunAsync(Command[0], arguments)).Checked("Python's client");
        Arrivals.Check(listener, (long)steps * LoggingWork.MetricsPerStep);
        var json = run.Output.Split('\n').LastOrDefault(line => line.StartsWith('{')) ?? throw new BenchmarkException($"Python's client printed no figures: {run.Output}");
        return JsonSerializer.Deserialize<Dictionary<string, double>>(json)!;
    }
}

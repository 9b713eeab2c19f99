using System.Diagnostics;
using TorchSharp;

namespace FineTuneWorkflows.Benchmarks.TrainingParts;

/// <summary>The shortest of many runs: what other programs on the machine do makes runs longer, never shorter.</summary>
internal static class Shortest
{
    private const int Runs = 100;

    /// <summary>The milliseconds of an action.</summary>
    /// <param name="action">The action; its tensors are freed after each run.</param>
    /// <param name="prepare">What is done before each run and not timed.</param>
    public static double Milliseconds(Action action, Action? prepare = null)
    {
        var best = double.PositiveInfinity;
        for (var i = 0; i < Runs; i++)
        {
            using var scope = torch.NewDisposeScope();
            prepare?.Invoke();
            var started = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return best;
    }
}

using TorchSharp;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>
/// The right to compute with libtorch, one holder at a time: its random generator and its number of threads belong to the process, so two
/// trainings at once would change each other's results. A second one waits. Work must stay on the thread that entered.
/// </summary>
internal sealed class TorchSession : IDisposable
{
    private static readonly Lock Gate = new();

    private TorchSession(int threads) => Threads = threads;

    /// <summary>The number of threads libtorch computes with.</summary>
    public int Threads { get; }

    /// <summary>Loads libtorch if need be, waits for the session and sets the number of threads.</summary>
    /// <param name="threads">Number of threads; 0 takes as many as the machine has processors.</param>
    public static TorchSession Enter(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        TorchRuntime.EnsureLoaded();
        Gate.Enter();
        try
        {
            int count = threads == 0 ? Environment.ProcessorCount : threads;
            torch.set_num_threads(count);
            return new TorchSession(count);
        }
        catch
        {
            Gate.Exit();
            throw;
        }
    }

    /// <summary>Lets the next one in.</summary>
    public void Dispose() => Gate.Exit();
}

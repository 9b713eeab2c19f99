using TorchSharp;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>
/// The right to compute with libtorch, one holder at a time: its random generator, its number of threads and its ways of computing belong to the process, so two
/// trainings at once would change each other's results. A second one waits. Work must stay on the thread that entered.
/// </summary>
internal sealed class TorchSession : IDisposable
{
    private static readonly Lock Gate = new();
    private readonly bool _deterministic, _deterministicBefore, _tensorFloat32;

    private TorchSession(int threads, bool deterministic, bool tensorFloat32)
    {
        (Threads, _deterministic, _tensorFloat32) = (threads, deterministic, tensorFloat32);
        torch.set_num_threads(threads);
        if (deterministic)
        {
            _deterministicBefore = DeterministicAlgorithms.Enabled;
            DeterministicAlgorithms.Set(true);
        }
        if (tensorFloat32)
            AllowTensorFloat32(true);
    }

    /// <summary>The number of threads libtorch computes with.</summary>
    public int Threads { get; }

    /// <summary>Loads libtorch if need be, waits for the session and sets the number of threads.</summary>
    /// <param name="threads">Number of threads; 0 takes as many as the machine has CPU cores.</param>
    /// <param name="deterministic">Whether a GPU is to give the same bits each time.</param>
    /// <param name="tensorFloat32">Whether a GPU may compute products of 32-bit numbers as <see cref="Precision.TensorFloat32"/>.</param>
    public static TorchSession Enter(int threads, bool deterministic = false, bool tensorFloat32 = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        TorchRuntime.EnsureLoaded();
        Gate.Enter();
        try
        {
            return new TorchSession(threads == 0 ? Environment.ProcessorCount : threads, deterministic, tensorFloat32);
        }
        catch
        {
            Gate.Exit();
            throw;
        }
    }

    /// <summary>Lets the next one in.</summary>
    public void Dispose()
    {
        if (_deterministic)
            DeterministicAlgorithms.Set(_deterministicBefore);
        if (_tensorFloat32)
            AllowTensorFloat32(false);
        Gate.Exit();
    }

    private static void AllowTensorFloat32(bool allowed)
    {
        torch.backends.cuda.matmul.allow_tf32 = allowed;
        torch.backends.cudnn.allow_tf32 = allowed;
    }
}

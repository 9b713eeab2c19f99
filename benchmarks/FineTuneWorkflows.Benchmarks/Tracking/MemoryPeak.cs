namespace FineTuneWorkflows.Benchmarks.Tracking;

/// <summary>Watches this process's memory on a thread of its own.</summary>
internal sealed class MemoryPeak : IDisposable
{
    private const double Megabyte = 1e6;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly ManualResetEventSlim stop = new();
    private readonly Thread watcher;
    private readonly long heapBefore = GC.GetTotalMemory(forceFullCollection: false);
    private readonly long workingSetBefore = Environment.WorkingSet;
    private long heap;
    private long workingSet;

    /// <summary>Begins; what the process has now is the baseline.</summary>
    public MemoryPeak()
    {
        watcher = new(Watch) { IsBackground = true };
        watcher.Start();
    }

    /// <summary>The largest growth of the managed heap over the baseline so far, garbage included, in MB.</summary>
    public double HeapGrowth => (Interlocked.Read(ref heap) - heapBefore) / Megabyte;

    /// <summary>The largest growth of the memory in RAM over the baseline so far, in MB.</summary>
    public double WorkingSetGrowth => (Interlocked.Read(ref workingSet) - workingSetBefore) / Megabyte;

    /// <summary>Forgets what was the largest; the baseline stays.</summary>
    public void Forget()
    {
        Interlocked.Exchange(ref heap, 0);
        Interlocked.Exchange(ref workingSet, 0);
    }

    /// <summary>The largest size of the whole process in RAM so far, in MB.</summary>
    public double WorkingSet => Interlocked.Read(ref workingSet) / Megabyte;

    public void Dispose()
    {
        stop.Set();
        watcher.Join();
        stop.Dispose();
    }

    private void Watch()
    {
        do
        {
            Interlocked.Exchange(ref heap, Math.Max(heap, GC.GetTotalMemory(forceFullCollection: false)));
            Interlocked.Exchange(ref workingSet, Math.Max(workingSet, Environment.WorkingSet));
        }
        while (!stop.Wait(Interval));
    }
}

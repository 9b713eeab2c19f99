namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>One benchmark: a name, and how to take its figures.</summary>
internal interface IBenchmark
{
    /// <summary>What one types to run it alone.</summary>
    string Name { get; }

    /// <summary>Whether it is taken only where it is asked for by name, because it takes long.</summary>
    bool TakesLong => false;

    /// <summary>Takes the figures. May start this program again to measure in a fresh process.</summary>
    /// <param name="log">Is told what is going on, for standard error.</param>
    Task<IReadOnlyList<BenchmarkResult>> RunAsync(Action<string> log);
}

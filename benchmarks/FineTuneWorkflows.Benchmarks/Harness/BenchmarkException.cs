namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>A benchmark cannot be taken: something is missing, or a measured program did not do its work.</summary>
/// <param name="message">Says what.</param>
internal sealed class BenchmarkException(string message) : Exception(message);

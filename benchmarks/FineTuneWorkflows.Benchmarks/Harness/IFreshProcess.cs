namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>The part of a benchmark that is measured in a process of its own, started as <c>measure NAME ARGUMENTS</c>.</summary>
internal interface IFreshProcess
{
    /// <summary>What it is started by.</summary>
    string Name { get; }

    /// <summary>Measures.</summary>
    /// <returns>The figures by name; they are printed as one JSON object.</returns>
    Task<Dictionary<string, double>> MeasureAsync(string[] arguments);
}

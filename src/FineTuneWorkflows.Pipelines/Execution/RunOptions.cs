namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>How to run a pipeline.</summary>
public sealed record RunOptions
{
    /// <summary>Whether to execute every stage even if it is up to date. Default: false.</summary>
    public bool ForceAll { get; init; }

    /// <summary>Names of stages to execute even if they are up to date. Default: none.</summary>
    public IReadOnlyList<string> Force { get; init; } = [];

    /// <summary>How many stages may run at once. Default: 1.</summary>
    public int MaxParallel { get; init; } = 1;

    /// <summary>What the run is called, and what is said of it. Default: the definition's name, and nothing.</summary>
    public RunLabels Labels { get; init; } = RunLabels.None;

    /// <summary>The run that this one is a part of, such as the sweep that a trial belongs to. Default: none.</summary>
    public string? Parent { get; init; }

    /// <summary>
    /// Asked once, before the first stage that is not up to date is executed: what can be known to go wrong in a later stage is found before hours are spent on the earlier ones. What it throws, a
    /// <see cref="Definitions.DefinitionException"/>, fails the run. Default: nothing is asked.
    /// </summary>
    public Func<CancellationToken, Task>? BeforeFirst { get; init; }

    internal bool Forces(string stage) => ForceAll || Force.Contains(stage, StringComparer.OrdinalIgnoreCase);
}

namespace FineTuneWorkflows.Cli.Parsing;

/// <summary>How much a command says.</summary>
public enum Verbosity
{
    /// <summary>Errors only.</summary>
    Quiet,

    /// <summary>The result.</summary>
    Minimal,

    /// <summary>Progress and the result.</summary>
    Normal,

    /// <summary>Also parameters, artifacts and metrics, logged to standard error.</summary>
    Detailed,

    /// <summary>Also what only matters when hunting a problem, and stack traces.</summary>
    Diagnostic,
}

using FineTuneWorkflows.Pipelines.Contract.Events;


namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>What the process's exit codes mean.</summary>
public static class ExitCode
{
    /// <summary>Done, or nothing to do.</summary>
    public const int Done = 0;

    /// <summary>A stage failed, bad data included.</summary>
    public const int Failed = 1;

    /// <summary>The command line, the definition or a property is wrong; nothing has run.</summary>
    public const int Wrong = 2;

    /// <summary><c>--question</c>: something is out of date.</summary>
    public const int OutOfDate = 3;

    /// <summary>The user cancelled.</summary>
    public const int Cancelled = 130;

    /// <summary>The code for how a run ended.</summary>
    public static int Of(RunStatus status) => status switch
    {
        RunStatus.Succeeded => Done,
        RunStatus.Cancelled => Cancelled,
        _ => Failed,
    };
}

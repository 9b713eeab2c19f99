namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>A command cannot do what it was asked. The message is all that the user is shown.</summary>
public sealed class CommandException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What is wrong and what would be right.</param>
    /// <param name="exitCode">The exit code. Default: <see cref="ExitCode.Wrong"/>.</param>
    /// <param name="innerException">What lies below it, shown at diagnostic verbosity.</param>
    public CommandException(string message, int exitCode = Hosting.ExitCode.Wrong, Exception? innerException = null)
        : base(message, innerException) => ExitCode = exitCode;

    /// <summary>The process's exit code.</summary>
    public int ExitCode { get; }
}

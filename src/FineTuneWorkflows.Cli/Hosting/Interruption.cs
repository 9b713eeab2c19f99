using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>
/// Ctrl-C and SIGTERM. The first asks the running stages to stop at their next whole step; the second ends the process at once.
/// </summary>
internal sealed class Interruption(CliConsole console) : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> registrations = [];
    private int signals;

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Runs before the process ends at once, to leave the terminal as it was.</summary>
    public Action? BeforeExit { get; set; }

    /// <summary>Listens from now on.</summary>
    public void Listen()
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Signal();
            }));
    }

    /// <summary>What a signal does.</summary>
    public void Signal()
    {
        if (Interlocked.Increment(ref signals) == 1)
        {
            console.Error.WriteLine("stopping at the next step; again to stop at once");
            source.Cancel();
            return;
        }

        BeforeExit?.Invoke();
        console.Exit(ExitCode.Cancelled);
    }

    public void Dispose()
    {
        registrations.ForEach(r => r.Dispose());
        source.Dispose();
    }
}

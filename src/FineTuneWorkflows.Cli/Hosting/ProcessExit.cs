using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Cli.Hosting;

/// <summary>Ends the process without waiting for anything.</summary>
internal static class ProcessExit
{
    /// <summary>Ends it. Neither finalizers nor native libraries' own clean-up are waited for: while their threads still compute, that may hang or crash.</summary>
    public static void Now(int code)
    {
        if (OperatingSystem.IsWindows())
            Environment.Exit(code);
        ExitWithoutCleanUp(code);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void ExitWithoutCleanUp(int code);
}

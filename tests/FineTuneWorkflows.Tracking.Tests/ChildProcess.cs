using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FineTuneWorkflows.Tracking.Tests;

/// <summary>
/// Runs a part of the tests in a process of its own, so that it can be killed. The child is this very program, told by an environment
/// variable what to do before the test runner gets to say anything.
/// </summary>
internal static class ChildProcess
{
    private const string Variable = "TRACKING_TESTS_CHILD";

    public static readonly Dictionary<string, Action<string[]>> Tasks = new(StringComparer.Ordinal)
    {
        ["import"] = arguments => Store.KilledImporterTests.ImportForEver(arguments[0], arguments[1]),
        ["ship"] = arguments => Outbox.ShipperTests.ShipForEver(arguments[0], arguments[1]),
    };

    public static Process Start(string task, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        start.Environment[Variable] = string.Join('\n', [task, .. arguments]);
        return Process.Start(start)!;
    }

#pragma warning disable CA2255 // A module initializer in a program, not a library: it is the only way to come before the test runner.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void RunIfChild()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text) return;
        var parts = text.Split('\n');
        Tasks[parts[0]](parts[1..]);
        Environment.Exit(0);
    }
}

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>
/// How long libtorch's threads spin before they sleep. GNU OpenMP's default (some 300,000 rounds after each parallel loop) wastes the cores that other programs need, and training slows up to tenfold where cores are
/// shared; a short spin costs nothing on an idle machine. See the libgomp manual, GOMP_SPINCOUNT. Whoever sets <c>GOMP_SPINCOUNT</c> or <c>OMP_WAIT_POLICY</c> decides alone.
/// </summary>
internal static class OpenMpWaiting
{
    private const string SpinCount = "GOMP_SPINCOUNT";
    private const string Rounds = "1000";

    /// <summary>Sets the short spin for a libgomp that is loaded later in this process. Results do not depend on it.</summary>
    public static void KeepShort(Action<string> diagnostic)
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(SpinCount) is not null || Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is not null)
            return;
        diagnostic(NativeEnvironment.SetIfMissing(SpinCount, Rounds)
            ? $"Set {SpinCount}={Rounds}, so that waiting threads leave the cores to others."
            : $"Could not set {SpinCount}; training may slow down where cores are shared.");
    }
}

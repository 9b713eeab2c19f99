using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>
/// libtorch's switch to algorithms that give the same bits each time (PyTorch's <c>use_deterministic_algorithms</c>), which TorchSharp does not have: libtorch's own functions are called by
/// their names in the library, as the Itanium C++ ABI makes them. On the CPU its algorithms are so already.
/// </summary>
internal static class DeterministicAlgorithms
{
    private const string Library = "torch_cpu", WorkspaceVariable = "CUBLAS_WORKSPACE_CONFIG";

    private delegate IntPtr GetContext();

    private delegate void SetAlgorithms(IntPtr context, byte value, byte warnOnly);

    private delegate void SetFill(IntPtr context, byte value);

    private delegate byte IsOn(IntPtr context);

    /// <summary>Whether the switch is on.</summary>
    public static bool Enabled => Call<IsOn>("_ZNK2at7Context23deterministicAlgorithmsEv")(Context()) != 0;

    /// <summary>Turns the switch. cuBLAS needs a workspace of a fixed size for it, which it gets unless the user chose one (cuBLAS documentation, "Results reproducibility").</summary>
    /// <exception cref="TorchRuntimeException">This libtorch does not have the functions by these names.</exception>
    public static void Set(bool enabled)
    {
        if (enabled && OperatingSystem.IsLinux())
            NativeEnvironment.SetIfMissing(WorkspaceVariable, ":4096:8");
        IntPtr context = Context();
        Call<SetAlgorithms>("_ZN2at7Context26setDeterministicAlgorithmsEbb")(context, enabled ? (byte)1 : (byte)0, 0);
        // New memory need not be filled: nothing here reads what it has not written.
        Call<SetFill>("_ZN2at7Context39setDeterministicFillUninitializedMemoryEb")(context, 0);
    }

    private static IntPtr Context() => Call<GetContext>("_ZN2at13globalContextEv")();

    private static T Call<T>(string name) where T : Delegate =>
        NativeLibrary.TryGetExport(TorchRuntime.Handle(Library), name, out IntPtr function)
            ? Marshal.GetDelegateForFunctionPointer<T>(function)
            : throw new TorchRuntimeException($"Deterministic is true, but the libtorch in use has no function {name}, so it cannot be told to compute deterministically. Set Deterministic to false.");
}

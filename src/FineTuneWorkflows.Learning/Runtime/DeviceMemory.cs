using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>How much memory a device has in all.</summary>
public static class DeviceMemory
{
    private static readonly string[] Drivers = ["libcuda.so.1", "nvcuda.dll"];

    private delegate int Start(uint flags);

    private delegate int GetDevice(out int device, int index);

    private delegate int GetTotal(out nuint bytes, int device);

    /// <summary>The bytes of a device: of the processor what this process may use (the machine's, or its container's limit), of a CUDA device what its driver says.</summary>
    /// <param name="device">The device.</param>
    /// <returns>Bytes; null where the driver does not answer.</returns>
    public static long? Total(TorchDevice device) => device.IsCuda ? OfCuda(device.Index) : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static long? OfCuda(int index)
    {
        IntPtr driver = IntPtr.Zero;
        if (!Drivers.Any(name => NativeLibrary.TryLoad(name, out driver)))
            return null;
        return Call<Start>(driver, "cuInit")(0) == 0 && Call<GetDevice>(driver, "cuDeviceGet")(out int device, index) == 0
            && Call<GetTotal>(driver, "cuDeviceTotalMem_v2")(out nuint bytes, device) == 0 ? (long)bytes : null;
    }

    private static T Call<T>(IntPtr library, string name) where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));
}

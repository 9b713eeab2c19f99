using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>What NVIDIA's driver says of a device (CUDA driver API), which TorchSharp does not.</summary>
internal static class CudaDriver
{
    // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR.
    private const int CapabilityMajor = 75, CapabilityMinor = 76;
    private static readonly string[] Names = ["libcuda.so.1", "nvcuda.dll"];

    private delegate int Start(uint flags);

    private delegate int GetDevice(out int device, int index);

    private delegate int GetTotal(out nuint bytes, int device);

    private delegate int GetAttribute(out int value, int attribute, int device);

    /// <summary>A device's memory in bytes; null where the driver does not answer.</summary>
    public static long? TotalMemory(int index) =>
        Open(index) is { } open && Call<GetTotal>(open.Driver, "cuDeviceTotalMem_v2")(out nuint bytes, open.Device) == 0 ? (long)bytes : null;

    /// <summary>A device's compute capability; null where the driver does not answer.</summary>
    public static (int Major, int Minor)? Capability(int index)
    {
        if (Open(index) is not { } open)
            return null;
        var attribute = Call<GetAttribute>(open.Driver, "cuDeviceGetAttribute");
        return attribute(out int major, CapabilityMajor, open.Device) == 0 && attribute(out int minor, CapabilityMinor, open.Device) == 0 ? (major, minor) : null;
    }

    private static (IntPtr Driver, int Device)? Open(int index)
    {
        IntPtr driver = IntPtr.Zero;
        if (!Names.Any(name => NativeLibrary.TryLoad(name, out driver)))
            return null;
        return Call<Start>(driver, "cuInit")(0) == 0 && Call<GetDevice>(driver, "cuDeviceGet")(out int device, index) == 0 ? (driver, device) : null;
    }

    private static T Call<T>(IntPtr library, string name) where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));
}

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>How much memory a device has in all.</summary>
public static class DeviceMemory
{
    /// <summary>The bytes of a device: of the CPU what this process may use (the machine's, or its container's limit), of a CUDA device what its driver says.</summary>
    /// <param name="device">The device.</param>
    /// <returns>Bytes; null where the driver does not answer.</returns>
    public static long? Total(TorchDevice device) => device.IsCuda ? CudaDriver.TotalMemory(device.Index) : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}

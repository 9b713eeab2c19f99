using System.Globalization;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Benchmarks.TrainingMemory;
using FineTuneWorkflows.Learning.Runtime;

namespace FineTuneWorkflows.Benchmarks.Gpu;

/// <summary>
/// The most memory that a process took of a device. Allocators keep what they once had, so that on a GPU it is what the device has in use at the end, by its own count (<c>nvidia-smi</c>), less what it had before: the same
/// measure for both halves. On the CPU the process's own peak.
/// </summary>
internal sealed class DeviceUse
{
    private readonly TorchDevice device;
    private readonly double before;

    private DeviceUse(TorchDevice device, double before) => (this.device, this.before) = (device, before);

    /// <summary>Before anything is on the device.</summary>
    public static async Task<DeviceUse> BeginAsync(TorchDevice device) => new(device, device.IsCuda ? await InUseAsync(device) : 0);

    /// <summary>The bytes, while the process still has them.</summary>
    public async Task<double> EndAsync() => device.IsCuda ? await InUseAsync(device) - before : ResidentMemory.Peak;

    private static async Task<double> InUseAsync(TorchDevice device)
    {
        var run = (await ProgramRun.RunAsync("nvidia-smi", ["--query-gpu=memory.used", "--format=csv,noheader,nounits", "-i", device.Index.ToString(CultureInfo.InvariantCulture)])).Checked("nvidia-smi");
        return double.Parse(run.Output, CultureInfo.InvariantCulture) * (1 << 20);
    }
}

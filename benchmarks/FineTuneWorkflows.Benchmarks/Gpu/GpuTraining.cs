using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Benchmarks.Training;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Benchmarks.Gpu;

/// <summary>Our half: the trainer at a <see cref="GpuCase"/>, in a process of its own.</summary>
internal sealed class GpuTraining : IFreshProcess
{
    // Large enough that a product of this size reaches what the device has.
    private const long ProductOnGpu = 8192;
    private const long ProductOnProcessor = 1024;

    public string Name => "gpu";

    /// <param name="the">What is trained.</param>
    /// <param name="device">Where.</param>
    /// <param name="folder">The model.</param>
    /// <returns><c>speed</c> in samples a second, <c>memory</c> in bytes, <c>operations</c> of a sample, and <c>product</c>, the device's rate of a matrix product in bfloat16.</returns>
    public Task<Dictionary<string, double>> TrainAsync(GpuCase the, TorchDevice device, string folder) => this.InFreshProcessAsync(the.Name, device.ToString(), $"{the.IsSmall}", folder);

    public async Task<Dictionary<string, double>> MeasureAsync(string[] arguments)
    {
        var the = GpuCase.All(bool.Parse(arguments[2])).Single(c => c.Name == arguments[0]);
        var device = TorchDevice.Parse(arguments[1]);
        using var scratch = new ScratchFolder();
        var use = await DeviceUse.BeginAsync(device);
        Dictionary<string, double> figures = [];
        using (var model = LanguageModel.FromPretrained(arguments[3], the.Task, the.Labels, the.Structure, device))
        {
            var times = new StepTimes();
            Trainer.Run(model, the.Data(model.Config.VocabSize), null, the.Options, scratch.Root, times);
            figures["speed"] = the.Steps * the.Batch / times.After(the.Warmup).Sum(s => s.Seconds);
            figures["operations"] = the.Operations(model);
            figures["memory"] = await use.EndAsync();
        }

        figures["product"] = Limits.HalfMatrixProduct(device, device.IsCuda ? ProductOnGpu : ProductOnProcessor);
        return figures;
    }
}

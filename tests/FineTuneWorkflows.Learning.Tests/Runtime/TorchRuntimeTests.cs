using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Runtime;

public class TorchRuntimeTests
{
    [Fact]
    public void Libtorch_loads_and_computes()
    {
        TorchRuntime.EnsureLoaded(message => TestContext.Current.SendDiagnosticMessage(message));
        TorchRuntime.EnsureLoaded(_ => Assert.Fail("It loads once."));
        using torch.Tensor sum = torch.ones(3, 4).sum();
        Assert.Equal(12f, sum.Number());
        Assert.StartsWith("2.10", TorchRuntime.Version, StringComparison.Ordinal);
    }

    [Fact]
    public void One_libtorch_is_in_the_process()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads /proc.");
        TorchRuntime.EnsureLoaded();
        string[] loaded = [.. File.ReadLines("/proc/self/maps").Select(line => line.Split(' ')[^1])
            .Where(path => path.EndsWith("libtorch_cpu.so", StringComparison.Ordinal)).Distinct()];
        Assert.Single(loaded);
    }

    [Fact]
    public void An_installed_libtorch_is_found_in_the_folder_or_its_lib_and_else_the_variable_is_named()
    {
        using var folder = new TemporaryFolder();
        TorchRuntimeException exception = Assert.Throws<TorchRuntimeException>(() => TorchRuntime.InstalledLibtorch(folder.Path));
        Assert.Contains($"FINETUNE_LIBTORCH is '{folder.Path}'", exception.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(folder["lib"]);
        File.WriteAllText(folder["lib", NativeFolders.FileName("torch_cpu")], "");
        Assert.Equal(folder["lib"], TorchRuntime.InstalledLibtorch(folder.Path));
        Assert.Equal(folder["lib"], TorchRuntime.InstalledLibtorch(folder["lib"]));
    }

    [Fact]
    public void Devices_are_parsed()
    {
        Assert.Equal(TorchDevice.Cpu, TorchDevice.Parse("CPU"));
        Assert.Equal("cpu", TorchDevice.Cpu.ToString());
        Assert.Equal("cuda:1", new TorchDevice(true, 1).ToString());
        bool hasCuda = TorchDevice.Parse("auto").IsCuda;
        if (hasCuda)
            Assert.Equal(new TorchDevice(true, 0), TorchDevice.Parse("cuda"));
        else
            Assert.Contains("no CUDA device", Assert.Throws<TorchRuntimeException>(() => TorchDevice.Parse("cuda")).Message,
                StringComparison.Ordinal);
        Assert.Throws<TorchRuntimeException>(() => TorchDevice.Parse("cuda:99"));
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:x")]
    public void An_unknown_device_is_refused_with_the_ones_that_are_known(string text) =>
        Assert.Contains("Use auto, cpu, cuda or cuda:<number>", Assert.Throws<TorchRuntimeException>(() => TorchDevice.Parse(text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_session_sets_the_number_of_threads()
    {
        using (TorchSession session = TorchSession.Enter(1))
            Assert.Equal((1, 1), (session.Threads, torch.get_num_threads()));
        using (TorchSession session = TorchSession.Enter(2))
            Assert.Equal((2, 2), (session.Threads, torch.get_num_threads()));
    }
}

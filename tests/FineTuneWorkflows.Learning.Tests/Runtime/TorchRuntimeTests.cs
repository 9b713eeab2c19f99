using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Runtime;

public class TorchRuntimeTests
{
    [Fact]
    public void Libtorch_loads_and_computes()
    {
        TorchRuntime.EnsureLoaded(m => TestContext.Current.SendDiagnosticMessage(m));
        TorchRuntime.EnsureLoaded();
        using torch.Tensor sum = torch.ones(3, 4).sum();
        Assert.Equal(12f, sum.item<float>());
    }
}

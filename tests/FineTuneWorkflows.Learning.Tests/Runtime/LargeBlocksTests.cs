using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Runtime;

public class LargeBlocksTests
{
    [Fact]
    public void With_glibc_a_freed_block_is_given_back_even_below_one_that_is_kept()
    {
        TorchRuntime.EnsureLoaded();
        Assert.Equal(OperatingSystem.IsLinux(), LargeBlocks.GiveBack());
        using torch.Tensor first = torch.ones(32 << 20);
        using torch.Tensor kept = torch.ones(1 << 18);
        long with = Resident();
        first.Dispose();
        Assert.True(!OperatingSystem.IsLinux() || Resident() < with - (100L << 20), $"{with} bytes before, {Resident()} after");

        static long Resident() => Environment.WorkingSet;
    }
}

using FineTuneWorkflows.Tracking.Mlflow;
using FineTuneWorkflows.Tracking.SystemMetrics;

namespace FineTuneWorkflows.Tracking.Tests.SystemMetrics;

public sealed class SystemMetricsSamplerTests
{
    [Fact]
    public void A_sample_tells_the_use_since_the_one_before()
    {
        var times = new Queue<CpuTimes?>([new CpuTimes(10, 100), new CpuTimes(35, 200), new CpuTimes(35, 300), new CpuTimes(35, 300)]);
        var sampler = new SystemMetricsSampler(times.Dequeue, () => new MemoryUse(1.5e9, 6e9), () => "0, 87, 1000, 8000\n1, [N/A], 1, 2\n");
        Assert.Equal(
            [
                ("system/cpu_utilization_percentage", 25.0), ("system/system_memory_usage_megabytes", 1500),
                ("system/system_memory_usage_percentage", 25),
                ("system/gpu_0_utilization_percentage", 87), ("system/gpu_0_memory_usage_megabytes", 1048.6),
                ("system/gpu_0_memory_usage_percentage", 12.5),
            ],
            sampler.Sample(3, Make.Noon).Select(point => (point.Key, point.Value)));
        Assert.Equal(0, sampler.Sample(4, Make.Noon)[0].Value);
        Assert.Equal("system/system_memory_usage_megabytes", sampler.Sample(5, Make.Noon)[0].Key);
    }

    [Fact]
    public void What_cannot_be_read_is_left_out() => Assert.Empty(new SystemMetricsSampler(() => null, () => null, () => null).Sample(0, Make.Noon));

    [Fact]
    public void The_kernel_s_lines_are_read()
    {
        Assert.Equal(new CpuTimes(35, 100), CpuTimes.Parse("cpu  10 5 15 50 15 2 2 1 9 9"));
        Assert.Equal(new MemoryUse(3072, 4096), MemoryUse.Parse(["MemTotal:       4 kB", "MemFree: 0 kB", "MemAvailable:   1 kB"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu0 1 2 3 4 5")]
    [InlineData("cpu 1 2")]
    [InlineData("cpu a b c d e")]
    public void A_line_that_is_something_else_tells_nothing(string line) => Assert.Null(CpuTimes.Parse(line));

    [Fact]
    public void Every_name_is_one_that_the_server_takes_and_every_value_makes_sense()
    {
        var sampler = new SystemMetricsSampler();
        Assert.All(sampler.Sample(0, Make.Noon), point =>
        {
            MlflowLimits.CheckKey(point.Key, "metric");
            if (point.Key.EndsWith("percentage", StringComparison.Ordinal)) Assert.InRange(point.Value, 0, 100);
            Assert.True(point.Value >= 0);
        });
    }
}

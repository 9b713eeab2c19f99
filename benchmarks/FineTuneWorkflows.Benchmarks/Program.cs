using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Benchmarks.Kill;

return args switch
{
    ["kill", .. var rest] => await KillCommand.RunAsync(rest),
    ["measure", var name, .. var rest] => await BenchmarkCommand.MeasureAsync(name, rest),
    _ => await BenchmarkCommand.RunAsync(args),
};

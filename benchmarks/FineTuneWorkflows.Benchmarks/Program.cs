using FineTuneWorkflows.Benchmarks.Fuzz;
using FineTuneWorkflows.Benchmarks.Gpu;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Benchmarks.Kill;
using FineTuneWorkflows.Benchmarks.TrackingKill;

return args switch
{
    ["kill", .. var rest] => await KillCommand.RunAsync(rest),
    ["tracking-kill", .. var rest] => await TrackingKillCommand.RunAsync(rest),
    ["fuzz", .. var rest] => await FuzzCommand.RunAsync(rest),
    ["fuzz-worker", .. var rest] => FuzzCommand.Work(rest),
    ["gpu", .. var rest] => await GpuCommand.RunAsync(rest),
    ["log-until-killed", var folder] => await KilledLogging.RunAsync(folder),
    ["measure", var name, .. var rest] => await BenchmarkCommand.MeasureAsync(name, rest),
    _ => await BenchmarkCommand.RunAsync(args),
};

using FineTuneWorkflows.Tracking.Events;

namespace FineTuneWorkflows.Tracking.Tests;

/// <summary>Short forms for events in tests.</summary>
internal static class Make
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static RunStarted Start(string run, string name = "sentiment", int second = 0, string? parent = null) =>
        new(run, name, "tests", Noon.AddSeconds(second), parent);

    public static MetricsLogged Metrics(string run, params (string Key, double Value, long Step)[] values) =>
        new(run, values.Select(value => new MetricPoint(value.Key, value.Value, value.Step, Noon.AddSeconds(value.Step))).ToList());

    public static ParametersLogged Parameters(string run, params (string Key, string Value)[] values) => new(run, Pairs(values));

    public static TagsSet Tags(string run, params (string Key, string Value)[] values) => new(run, Pairs(values));

    private static List<KeyValuePair<string, string>> Pairs((string Key, string Value)[] values) =>
        values.Select(value => KeyValuePair.Create(value.Key, value.Value)).ToList();
}

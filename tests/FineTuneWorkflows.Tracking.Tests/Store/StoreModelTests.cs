using CsCheck;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Runs;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Tracking.Tests.Store;

public sealed class StoreModelTests
{
    private static readonly Gen<string> Run = Gen.OneOfConst("r1", "r2", "r3");
    private static readonly Gen<string> Key = Gen.OneOfConst("a", "b", "c/d");
    private static readonly Gen<KeyValuePair<string, string>> Pair = Gen.Select(Key, Gen.String[Gen.Char.AlphaNumeric, 0, 2], KeyValuePair.Create);
    private static readonly Gen<double> Value = Gen.OneOf(Gen.Double, Gen.OneOfConst(double.NaN, double.PositiveInfinity, 0, -1));

    private static readonly Gen<MetricPoint> Point = Gen.Select(
        Key, Value, Gen.Long[-3, 3], Gen.Int[0, 5], (key, value, step, time) => new MetricPoint(key, value, step, Make.Noon.AddSeconds(time)));

    private static readonly Gen<TrackingEvent> Event = Gen.OneOf<TrackingEvent>(
        Gen.Select(Run, Gen.Int[0, 9], (run, second) => (TrackingEvent)Make.Start(run, second: second)),
        Run.Select(run => (TrackingEvent)new RunResumed(run, Make.Noon)),
        Gen.Select(Run, Pair.List[0, 3], (run, pairs) => (TrackingEvent)new ParametersLogged(run, pairs)),
        Gen.Select(Run, Pair.List[0, 3], (run, pairs) => (TrackingEvent)new TagsSet(run, pairs)),
        Gen.Select(Run, Point.List[0, 6], (run, points) => (TrackingEvent)new MetricsLogged(run, points)),
        Gen.Select(
            Run, Gen.OneOfConst(RunStatus.Finished, RunStatus.Killed),
            (run, status) => (TrackingEvent)new RunEnded(run, status, Make.Noon.AddHours(1))));

    // A batch of events and how far off the expected position is; 0 is right.
    private static readonly Gen<(TrackingEvent[] Events, int Off)> Batch = Gen.Select(
        Event.Array[0, 5], Gen.OneOfConst(0, 0, 0, 1, -1), (events, off) => (events, off));

    [Fact]
    public void The_store_agrees_with_a_model_in_memory_whatever_is_appended() => Batch.Array[1, 12].Sample(
        batches =>
        {
            using var folder = new TemporaryFolder();
            using var store = TrackingStore.Open(folder.File("state.db"));
            var model = new StoreModel();
            foreach (var (events, off) in batches)
            {
                var from = model.Position + off;
                var advance = new JournalPosition("j", Math.Max(0, from), Math.Max(0, from) + 3);
                bool? stored;
                try
                {
                    stored = store.Append(events, advance);
                }
                catch (TrackingException)
                {
                    stored = null;
                }

                Assert.Equal(model.Append(events, advance), stored);
                Assert.Equal(model.Position, store.PositionOf("j"));
            }

            var index = new RunIndex(store);
            Assert.Equal(model.Runs.Keys.Order(StringComparer.Ordinal), index.List().Select(run => run.RunId).Order(StringComparer.Ordinal));
            foreach (var (id, expected) in model.Runs) Same(expected, index.Show(id), key => index.History(id, key));
        },
        iter: 60);

    private static void Same(StoreModel.Run expected, RunDetails actual, Func<string, IReadOnlyList<MetricPoint>> history)
    {
        Assert.Equal(expected.Status, actual.Run.Status);
        Assert.Equal(expected.Ended, actual.Run.Ended);
        Assert.Equal(expected.Parameters, actual.Parameters.ToDictionary());
        Assert.Equal(expected.Tags, actual.Tags.ToDictionary());
        foreach (var group in expected.Metrics.GroupBy(point => point.Key))
        {
            var sorted = group.OrderBy(point => point.Step).ThenBy(point => point.Time).ToList();
            Assert.Equal(sorted, history(group.Key));
            Assert.Equal(sorted[^1], actual.Metrics[group.Key]);
        }

        Assert.Equal(expected.Metrics.Select(point => point.Key).Distinct().Order(StringComparer.Ordinal), actual.Metrics.Keys);
    }
}

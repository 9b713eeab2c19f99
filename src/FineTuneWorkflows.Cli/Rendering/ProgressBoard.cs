using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>Where each stage of a run is, kept from its events.</summary>
internal sealed class ProgressBoard
{
    private readonly Dictionary<string, StageLine> byName;

    public ProgressBoard(Pipeline pipeline)
    {
        Lines = [.. pipeline.Stages.Select((stage, i) => new StageLine(stage.Name, i + 1))];
        byName = Lines.ToDictionary(line => line.Name, StringComparer.Ordinal);
    }

    public IReadOnlyList<StageLine> Lines { get; }

    /// <summary>The stage that the event is about, brought up to date; null where it is about none.</summary>
    public StageLine? Apply(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case StageStarted e:
                Of(e.StageId).Start(e);
                return Of(e.StageId);
            case StageProgressed e:
                Of(e.StageId).Advance(e.Time, e.Progress);
                return Of(e.StageId);
            case StageFinished e:
                Of(e.StageId).Finished = e;
                return Of(e.StageId);
            case StageNoted e:
                return Of(e.StageId);
            case StageAttemptFailed e:
                Of(e.StageId).Retry();
                return Of(e.StageId);
            default:
                return null;
        }
    }

    private StageLine Of(string name) => byName[name];

    /// <summary>One stage's state.</summary>
    internal sealed class StageLine(string name, int number)
    {
        private (DateTimeOffset Time, long Completed)? first;

        internal sealed record Said(DateTimeOffset Time, int Tenth);

        public string Name => name;

        public int Number => number;

        public StageStarted? Started { get; private set; }

        public StageFinished? Finished { get; set; }

        public Progress? Progress { get; private set; }

        /// <summary>When a line was last written about its progress, and at which tenth it was then.</summary>
        public Said? LastSaid { get; set; }

        /// <summary>The share done, 0 to 1; null where the whole is not known.</summary>
        public double? Share => Progress is { Total: > 0 and var total } p ? Math.Clamp((double)p.Completed / total, 0, 1) : null;

        /// <summary>How long it will still take at the speed so far; null before anything can be said.</summary>
        public TimeSpan? Left { get; private set; }

        public void Start(StageStarted started)
        {
            Started = started;
            Retry();
        }

        public void Retry()
        {
            first = null;
            Progress = null;
            Left = null;
        }

        // A resumed stage starts in the middle, so the speed counts from the first report. A stage that counts several things one after the other starts anew with each.
        public void Advance(DateTimeOffset time, Progress progress)
        {
            if (first is null || Progress is not { } before || progress.Unit != before.Unit || progress.Total != before.Total || progress.Completed < before.Completed)
                first = (time, progress.Completed);
            Progress = progress;
            var (since, from) = first.Value;
            var done = progress.Completed - from;
            Left = progress.Total is { } total && done > 0 && time - since > TimeSpan.FromSeconds(1)
                ? (time - since) * ((double)Math.Max(0, total - progress.Completed) / done)
                : null;
        }
    }
}

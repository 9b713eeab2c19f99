using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Pipelines.Tests.Journals;

public sealed class EventPublisherTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_a_reporter_says_is_journaled_and_told_until_the_run_is_over()
    {
        var (journal, listener, reporter) = (new Listener(), new Listener(), new Reporter());
        using var publisher = new EventPublisher("r1", journal, [reporter, listener]);

        publisher.Publish(new StageNoted(Time, "A", "before"));
        reporter.Say("said");
        publisher.Publish(new RunFinished(Time, "r1", RunStatus.Succeeded));
        reporter.Say("too late");

        Assert.Equal("r1", reporter.RunId);
        Assert.Equal(["before", "said"], journal.Notes);
        Assert.Equal(journal.Notes, listener.Notes);
    }

    [Fact]
    public void What_a_reporter_says_when_the_journal_is_closed_is_dropped()
    {
        var (journal, reporter) = (new Listener(), new Reporter());
        new EventPublisher("r1", journal, [reporter]).Dispose();

        reporter.Say("too late");

        Assert.Empty(journal.Notes);
    }

    private sealed class Listener : IRunObserver
    {
        public List<string> Notes { get; } = [];

        public void OnEvent(RunEvent runEvent)
        {
            if (runEvent is StageNoted note)
                Notes.Add(note.Message);
        }
    }

    private sealed class Reporter : IRunReporter
    {
        private Action<RunEvent> publish = _ => { };

        public string RunId { get; private set; } = "";

        public void Attach(string runId, Action<RunEvent> publish) => (RunId, this.publish) = (runId, publish);

        public void OnEvent(RunEvent runEvent) => Assert.NotNull(runEvent);

        public void Say(string message) => publish(new StageNoted(Time, "A", message));
    }
}

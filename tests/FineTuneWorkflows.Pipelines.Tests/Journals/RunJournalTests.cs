using System.Text;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Journals;

public sealed class RunJournalTests : IDisposable
{
    private static readonly DateTimeOffset Time = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();

    private Home Home => Home.Open(folder.Path);

    private string Path => RunJournal.PathOf(Home, "r1");

    [Fact]
    public void Events_come_back_as_they_were_written_with_the_offset_behind_each()
    {
        RunEvent[] events =
        [
            new MetricsLogged(Time, "Train", 3, new Dictionary<string, double> { ["loss"] = 0.5, ["nan"] = double.NaN, ["inf"] = double.PositiveInfinity }),
            new StageNoted(Time, "Tränïng", "zwei\nZeilen \u2028 \ud83d\ude00"),
        ];
        Write(events);
        var read = RunJournal.Read(Path).ToList();
        Assert.Equal(((StageNoted)events[1]), read[1].Event);
        Assert.Equal([0.5, double.NaN, double.PositiveInfinity], ((MetricsLogged)read[0].Event).Values.Values);
        Assert.Equal(new FileInfo(Path).Length, read[1].End);
        Assert.Equal(events[1], Assert.Single(RunJournal.Read(Path, read[0].End)).Event);
    }

    [Fact]
    public void A_line_that_a_killed_process_left_half_written_is_left_out_and_cut_off_by_the_next_writer()
    {
        Write(new StageNoted(Time, "a", "one"));
        File.AppendAllText(Path, "{\"event\":\"stage-no");
        Assert.Single(RunJournal.Read(Path));
        Write(new StageNoted(Time, "a", "two"));
        Assert.Equal(["one", "two"], RunJournal.Read(Path).Select(e => ((StageNoted)e.Event).Message));
    }

    [Fact]
    public void A_damaged_line_is_named_by_its_place()
    {
        Write(new StageNoted(Time, "a", "one"));
        var length = new FileInfo(Path).Length;
        File.AppendAllText(Path, "rubbish\n");
        var error = Assert.Throws<InvalidDataException>(() => RunJournal.Read(Path).ToList());
        Assert.StartsWith($"{Path} is damaged at byte {length}:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_is_not_journaled()
    {
        Write(new StageProgressed(Time, "a", new(1, 2, "rows")));
        Assert.Empty(RunJournal.Read(Path));
    }

    public void Dispose() => folder.Dispose();

    private void Write(params RunEvent[] events)
    {
        using var journal = RunJournal.Open(Home, "r1");
        foreach (var one in events)
            journal.OnEvent(one);
    }
}

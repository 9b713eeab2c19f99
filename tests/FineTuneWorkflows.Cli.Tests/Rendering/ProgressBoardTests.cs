using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;

namespace FineTuneWorkflows.Cli.Tests.Rendering;

public sealed class ProgressBoardTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Pipeline pipeline;

    public ProgressBoardTests()
    {
        var definition = DefinitionReader.Read(System.Text.Encoding.UTF8.GetBytes(Definitions.Six), "six.json", ".");
        pipeline = PipelineBuilder.Build(definition, TestStages.Catalog, PropertyValues.Bind(definition, [], "."));
    }

    [Fact]
    public void Time_left_counts_from_where_a_resumed_stage_began()
    {
        var board = new ProgressBoard(pipeline);
        board.Apply(Progressed(0, 500, 1000));
        var line = board.Apply(Progressed(10, 600, 1000))!;

        Assert.Equal(TimeSpan.FromSeconds(40), line.Left);
        Assert.Equal("60%  600/1,000 steps  loss 0.4  40 s left", ProgressText.Of(line));
    }

    [Fact]
    public void What_is_counted_anew_is_timed_anew()
    {
        var board = new ProgressBoard(pipeline);
        board.Apply(Progressed(0, 0, 1000));
        board.Apply(Progressed(10, 1000, 1000));
        var line = board.Apply(Progressed(11, 0, 50))!;

        Assert.Null(line.Left);
        Assert.Equal(TimeSpan.FromSeconds(16), board.Apply(Progressed(15, 10, 50))!.Left);
    }

    [Fact]
    public void Without_a_total_only_the_count_is_shown()
    {
        var line = new ProgressBoard(pipeline).Apply(new StageProgressed(Start, "fetch", new(3_400_000, null, "bytes")))!;

        Assert.Equal("3.4 MB", ProgressText.Of(line));
    }

    [Fact]
    public void Lines_are_five_seconds_apart_at_least_and_a_tenth_or_half_a_minute()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var progress = new PlainProgress(pipeline, writer);
        progress.OnEvent(new StageStarted(Start, "train", "FineTune.Train", "f", "forced", new Dictionary<string, string>()));
        // 100 seconds, a report each second: fast at first, then slow.
        for (var second = 1; second <= 100; second++)
            progress.OnEvent(Progressed(second, second <= 20 ? second * 40 : 800 + (second - 20), 1000));

        var said = writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => line.Split(' ')[2]);
        Assert.Equal(["20%", "40%", "60%", "80%", "83%", "86%"], said);
    }

    [Fact]
    public void Every_state_of_the_live_display_can_be_drawn()
    {
        var board = new ProgressBoard(pipeline);
        board.Apply(new StageStarted(Start, "fetch", "FineTune.Fetch", "f", "forced", new Dictionary<string, string>()));
        board.Apply(Progressed(1, 5, null));

        Assert.Null(board.Lines[3].Share);
        Assert.Equal("5 steps  loss 0.4", ProgressText.Of(board.Lines[3]));
        Assert.Equal("", ProgressText.Of(board.Lines[0]));
    }

    private static StageProgressed Progressed(double second, long completed, long? total) =>
        new(Start.AddSeconds(second), "train", new Progress(completed, total, "steps", "loss 0.4"));
}

using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages;

namespace FineTuneWorkflows.Cli.Tests.Rendering;

/// <summary>Terminals of 80 and of 60 columns: no line is wider, a stage has one line, and no name runs downwards.</summary>
public sealed class NarrowTerminalTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData(120)]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    public void The_live_display_has_one_line_a_stage_and_none_is_wider_than_the_terminal(int width)
    {
        var lines = ProgressLayout.Lines(Board(), width, "*").Select(Text).ToList();

        Assert.Equal(6, lines.Count);
        Assert.All(lines, line => Assert.InRange(VisibleText.Width(line), 1, width));
        Assert.StartsWith("* train", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("✓ fetch", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_are_shortened_before_names_are()
    {
        string At(int width) => Text(ProgressLayout.Lines(Board(), width, "*")[3]);

        Assert.Equal($"* train     {new string('━', 12)}{new string('─', 12)}  12,000/24,000 steps  1 min 20 s left  epoch 1  loss 0.4312", At(120));
        Assert.Equal($"* train     {new string('━', 6)}{new string('─', 6)}  12,000/24,000 steps  1 min 20 s left  epoch 1", At(80));
        Assert.Equal($"* train     {new string('━', 4)}{new string('─', 4)}  12k/24k  1:20  epoch 1  loss 0.4312", At(60));
        Assert.Equal($"* train     {new string('━', 4)}{new string('─', 4)}  12k/24k  1:20", At(40));
        Assert.Equal("* train     50%  12k/24k  1:20", At(32));
    }

    [Fact]
    public void Only_names_that_leave_no_room_are_cut()
    {
        var definition = Definitions.Six.Replace("train", "a-stage-whose-name-nobody-would-want-to-read-aloud", StringComparison.Ordinal);

        var line = Text(ProgressLayout.Lines(Board(definition, "a-stage-whose-name-nobody-would-want-to-read-aloud"), 60, "*")[3]);

        Assert.Equal("* a-stage-whose-name-nobody-would-want-…  50%  12k/24k  1:20", line);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    public async Task Every_table_of_runs_fits(int width)
    {
        place.Write("long.json", Definitions.Six.Replace("\"train\"", "\"train-the-classifier-of-customers-reviews\"", StringComparison.Ordinal));
        await Fits(width, "run", "long.json", "-v", "minimal");
        await Fits(width, "status", "long.json", "-p", "Epochs=9", "-p", "MaxLength=128", "-p", "Data=six.json");
        await Fits(width, "run", "long.json", "-v", "minimal", "-p", "Epochs=9", "-p", "MaxLength=128");
        await Fits(width, "runs");
        await Fits(width, "runs", "show", "latest");
        var history = new RunHistory(place.Home);
        await Fits(width, "runs", "compare", history.Ids().Last(), history.Ids().First());
        await Fits(width, "sweep", "long.json", "-v", "minimal", "--over", "Epochs=1,2", "--over", "MaxLength=16,32", "--repeat", "train-the-classifier-of-customers-reviews.LearningRate=0.1,0.2", "--metric", "train/loss");
    }

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    public async Task Every_table_of_stages_fits(int width)
    {
        place.Host = place.Host with { Catalog = () => FineTuneStages.Catalog };
        await Fits(width, "stages");
        foreach (var stage in FineTuneStages.Catalog.Stages)
            await Fits(width, "stages", stage.Name);
    }

    [Fact]
    public async Task A_run_has_one_line_a_stage_and_its_whole_reason_in_runs_show()
    {
        await place.RunAsync("run", "six.json");
        var answer = await place.RunAtAsync(60, "run", "six.json", "-v", "minimal", "-p", "tokenize.MaxLength=32", "-p", "train.LearningRate=0.125", "-p", "train.Epochs=12");

        var train = Assert.Single(answer.Out.Split('\n'), line => line.StartsWith("train", StringComparison.Ordinal));
        Assert.Equal("train     executed    0.0 s  Epochs changed 3 -> 12; Learni…", Approved.Scrub(train));
        var shown = await place.RunAtAsync(60, "runs", "show", "latest");
        Assert.Contains("LearningRate changed 2E-05 -> 0.125", string.Join(' ', shown.Out.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_has_no_width() 
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var table = new TextTable("A", "B").Cut(0).Hang();
        table.Add(new string('a', 300), new string('b', 300));
        table.Write(writer, new(false));

        Assert.Equal($"A{new string(' ', 301)}B\n{new string('a', 300)}  {new string('b', 300)}\n", writer.ToString());
    }

    [Fact]
    public void Columns_that_matter_least_go_first_and_wide_characters_take_two()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var table = new TextTable("Run", "Name", "Took", "Result").AlignRight(2).LeaveOut(2).Cut(1);
        table.Add("20260101", "一二三四五六七八九", "1.0 s", "0.9");
        table.Add("20260102", "short", "12.0 s", "0.8");
        table.Write(writer, new(false, 30));

        Assert.Equal("Run       Name          Result\n20260101  一二三四五…   0.9\n20260102  short         0.8\n", writer.ToString());
    }

    [Fact]
    public void Long_texts_go_on_in_their_column_or_below_their_row()
    {
        var table = new TextTable("Name", "Text").Hang();
        table.Add("first", "one two three four five six seven eight nine ten eleven twelve");
        using var beside = new StringWriter { NewLine = "\n" };
        table.Write(beside, new(false, 40));
        Assert.Equal("Name   Text\nfirst  one two three four five six seven\n       eight nine ten eleven twelve\n", beside.ToString());

        using var below = new StringWriter { NewLine = "\n" };
        table.Write(below, new(false, 30));
        Assert.Equal("Name\n    Text\nfirst\n    one two three four five\n    six seven eight nine ten\n    eleven twelve\n", below.ToString());
    }

    private async Task Fits(int width, params string[] args)
    {
        var answer = await place.RunAtAsync(width, args);

        Assert.Equal("", answer.Error);
        Assert.NotEmpty(answer.Out);
        // What is there to be typed is not cut.
        Assert.All(answer.Out.Split('\n').Where(line => !line.StartsWith("Next ", StringComparison.Ordinal)), line => Assert.True(VisibleText.Width(line) <= width, $"{string.Join(' ', args)}: {line}"));
    }

    private static string Text(IReadOnlyList<Part> line) => string.Concat(line.Select(p => p.Text));

    private static ProgressBoard Board(string? json = null, string train = "train")
    {
        var definition = DefinitionReader.Read(System.Text.Encoding.UTF8.GetBytes(json ?? Definitions.Six), "six.json", ".");
        var board = new ProgressBoard(PipelineBuilder.Build(definition, TestStages.Catalog, PropertyValues.Bind(definition, [], ".")));
        var none = new Dictionary<string, string>();
        board.Apply(new StageFinished(Start, "fetch", "FineTune.Fetch", StageOutcome.Executed, "", 1.5, null, none, new Dictionary<string, double>(), none, null));
        board.Apply(new StageStarted(Start, train, "FineTune.Train", "f", "forced", none));
        board.Apply(new StageProgressed(Start, train, new Progress(4_000, 24_000, "steps", "epoch 1  loss 0.4312")));
        board.Apply(new StageProgressed(Start.AddSeconds(53.3), train, new Progress(12_000, 24_000, "steps", "epoch 1  loss 0.4312")));
        return board;
    }
}

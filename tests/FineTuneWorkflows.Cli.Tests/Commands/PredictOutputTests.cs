using System.Text.Json;
using FineTuneWorkflows.Cli.Commands.Predict;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Tests.Fixture;

namespace FineTuneWorkflows.Cli.Tests.Commands;

/// <summary>Writing, going on after an interruption, and progress.</summary>
public sealed class PredictOutputTests : IDisposable
{
    private readonly StubModels models = new();
    private readonly Workplace place;

    public PredictOutputTests() => place = models.Workplace();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task A_folder_is_no_output_which_is_said_before_anything_is_predicted()
    {
        Directory.CreateDirectory(Path.Combine(place.Folder, "out"));
        var answer = await place.RunAsync("predict", "--model", ".", "--text", "one", "--output", "out");
        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.EndsWith("out is a folder; name a file\n", answer.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(place.Folder, "out.partial")));
    }

    [Fact]
    public async Task A_file_that_another_prediction_is_writing_is_left_to_it()
    {
        place.Write("in.txt", "one\ntwo\n");
        using (new FileStream(Path.Combine(place.Folder, "out.jsonl.partial.key"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.txt", "--output", "out.jsonl");
            Assert.Equal(ExitCode.Wrong, answer.Code);
            Assert.Contains("out.jsonl.partial.key cannot be opened, as while another prediction writes ", answer.Error, StringComparison.Ordinal);
        }

        Assert.Equal(ExitCode.Done, (await place.RunAsync("predict", "--model", ".", "--input", "in.txt", "--output", "out.jsonl")).Code);
    }

    [Fact]
    public async Task Predictions_are_written_as_they_come_and_an_interrupted_prediction_goes_on_where_it_stopped()
    {
        place.Write("in.txt", string.Concat(Enumerable.Range(1, 7).Select(i => $"text {i}\n")));
        string[] command = ["predict", "--model", ".", "--input", "in.txt", "--output", "out.jsonl", "--batch-size", "2"];
        var whole = models.Prediction;
        var seen = "";
        models.Prediction = input =>
        {
            if (input.Text != "text 5")
                return whole(input);
            seen = place.Read("out.jsonl.partial");
            throw new IOException("the power is gone");
        };

        var broken = await place.RunAsync(command);

        Assert.Equal(ExitCode.Failed, broken.Code);
        Assert.Equal(["text 1", "text 2", "text 3", "text 4"], StubModels.Texts(seen));
        Assert.Contains("4 predictions are in ", broken.Error, StringComparison.Ordinal);
        Assert.Contains("the same command goes on from there", broken.Error, StringComparison.Ordinal);
        Assert.False(place.Has("out.jsonl"));
        // What a process that was killed leaves: a line that is not whole.
        File.AppendAllText(Path.Combine(place.Folder, "out.jsonl.partial"), "{\"text\":\"text 5\",\"la");

        models.Prediction = whole;
        models.Batches.Clear();
        var rest = await place.RunAsync(command);

        Assert.Equal(new(ExitCode.Done, "", "goes on after 4 of 7 texts\n"), rest);
        Assert.Equal([2, 1], models.Batches);
        var resumed = place.Read("out.jsonl");
        Assert.False(place.Has("out.jsonl.partial") || place.Has("out.jsonl.partial.key"));
        File.Delete(Path.Combine(place.Folder, "out.jsonl"));
        Assert.Equal(ExitCode.Done, (await place.RunAsync(command)).Code);
        Assert.Equal(place.Read("out.jsonl"), resumed);
    }

    [Fact]
    public async Task What_is_left_of_another_request_is_not_gone_on_from()
    {
        place.Write("in.txt", "a\nb\nc\n");
        var whole = models.Prediction;
        models.Prediction = input => input.Text == "c" ? throw new IOException("gone") : whole(input);
        await place.RunAsync("predict", "--model", ".", "--input", "in.txt", "--output", "out.jsonl", "--batch-size", "1");
        models.Prediction = whole;
        models.Batches.Clear();

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.txt", "--output", "out.jsonl", "--batch-size", "1", "--uncalibrated");

        Assert.Equal(new(ExitCode.Done, "", ""), answer);
        Assert.Equal(3, models.Batches.Count);
        Assert.Equal(["a", "b", "c"], StubModels.Texts(place.Read("out.jsonl")));
    }

    [Fact]
    public async Task Texts_that_were_cut_are_counted_and_marked()
    {
        var whole = models.Prediction;
        models.Prediction = input => whole(input) with { CutTokens = input.Text.Length > 5 ? 7 : 0 };

        var answer = await place.RunAsync("predict", "--model", ".", "--text", "short", "--text", "a long text", "--text", "another long text");

        Assert.Equal("note: 2 of 3 texts are longer than the model takes and were cut; 14 tokens did not count (cut_tokens in the JSON lines)\n", answer.Error);
        Assert.Equal([0, 7, 7], answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty("cut_tokens", out var cut) ? cut.GetInt32() : 0;
        }));
    }

    [Fact]
    public void Progress_elsewhere_than_at_a_terminal_is_a_line_now_and_then()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var time = new Clock();
        using var interruption = new Interruption(new(TextWriter.Null, error));
        var progress = new PredictProgress(new(place.Host with { Time = time }, new(TextWriter.Null, error), interruption, Verbosity.Normal), resultsAtTerminal: false);
        for (var second = 1; second <= 100; second++)
        {
            time.Now = time.Now.AddSeconds(1);
            progress.Predicted(second * 10, 0, 1000);
        }

        Assert.Equal(
            ["predicted 10%  100/1,000 texts  1 min 30 s left", "predicted 20%  200/1,000 texts  1 min 20 s left"], error.ToString().Split('\n')[..2]);
        Assert.Equal(10, error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

using System.Text.Json;
using FineTuneWorkflows.Cli.Commands.Predict;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Stages.Prediction;

namespace FineTuneWorkflows.Cli.Tests.Commands;

public sealed class PredictTests : IDisposable
{
    private readonly Workplace place = new();
    private readonly List<string> opened = [];
    private bool calibrated;

    public PredictTests() => place.Host = place.Host with
    {
        Predictor = (model, _, _, options) =>
        {
            opened.Add(model);
            calibrated = options.Calibrated;
            return model.EndsWith("writer", StringComparison.Ordinal) ? new EchoPredictor(options.Generation) : new LengthPredictor();
        },
    };

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task Texts_come_out_as_json_lines()
    {
        var answer = await place.RunAsync("predict", "--model", "sentiment@champion", "--text", "short", "--text", "Ä \"long\" text 😀");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Assert.Equal(
            """
            {"text":"short","label":"few","probabilities":{"few":0.75,"many":0.25}}
            {"text":"Ä \"long\" text 😀","label":"many","probabilities":{"few":0.25,"many":0.75}}

            """.ReplaceLineEndings("\n").Replace("😀", "\\uD83D\\uDE00", StringComparison.Ordinal),
            answer.Out);
        Assert.Equal(["sentiment@champion"], opened);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false, "--uncalibrated")]
    public async Task Probabilities_are_calibrated_unless_that_is_not_wanted(bool expected, params string[] options)
    {
        await place.RunAsync(["predict", "--model", "sentiment@champion", "--text", "short", .. options]);

        Assert.Equal(expected, calibrated);
    }

    [Fact]
    public async Task One_text_at_a_terminal_is_answered_in_a_readable_line()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter();

        await place.App(output, error, terminal: true).RunAsync(place.WithHome("predict", "--model", "sentiment@champion", "--text", "a long long text"));

        Assert.Equal("many  (many 0.750, few 0.250)\n", output.ToString());
    }

    [Theory]
    [InlineData("in.jsonl", "{\"text\":\"one\"}\n\n{\"text\":\"two, three\"}\n")]
    [InlineData("in.csv", "id,text\n1,one\n2,\"two, three\"\n")]
    [InlineData("in.tsv", "id\ttext\n1\tone\n2\ttwo, three\n")]
    public async Task A_file_of_each_format_is_read(string name, string content)
    {
        place.Write(name, content);

        var answer = await place.RunAsync("predict", "--model", ".", "--input", name, "--output", "out.jsonl");

        Assert.Equal(new(ExitCode.Done, "", ""), answer);
        Assert.Equal(["one", "two, three"], Texts(place.Read("out.jsonl")));
        Assert.Equal([place.Folder], opened.Select(folder => folder.TrimEnd('.', '/')));
    }

    [Fact]
    public async Task Another_column_can_hold_the_text()
    {
        place.Write("in.csv", "sentence\nhello\n");

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.csv", "--text-column", "sentence");

        Assert.Equal(["hello"], Texts(answer.Out));
    }

    [Fact]
    public async Task Many_texts_keep_their_order()
    {
        var texts = Enumerable.Range(0, 100).Select(i => $"text {i}").ToList();
        place.Write("in.jsonl", string.Concat(texts.Select(t => $"{{\"text\":\"{t}\"}}\n")));

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.jsonl");

        Assert.Equal(texts, Texts(answer.Out));
    }

    [Theory]
    [InlineData(ExitCode.Wrong, "in.csv has no column text (it has a, b); --text-column names another", "in.csv", "a,b\n1,2\n")]
    [InlineData(ExitCode.Failed, "in.csv is empty", "in.csv", "")]
    [InlineData(ExitCode.Failed, "in.csv, line 3 has 1 of 2 columns", "in.csv", "id,text\n1,one\n2\n")]
    [InlineData(ExitCode.Failed, "in.csv, line 2 cannot be read", "in.csv", "id,text\n1,\"a\"b\n")]
    [InlineData(ExitCode.Failed, "in.jsonl, line 2 is not JSON", "in.jsonl", "{\"text\":\"a\"}\n{\"text\"\n")]
    [InlineData(ExitCode.Failed, "in.jsonl, line 1 has no text in \"text\"; --text-column names another", "in.jsonl", "{\"sentence\":\"a\"}\n")]
    [InlineData(ExitCode.Wrong, "in.txt must be a .jsonl, .csv or .tsv file, got '.txt'", "in.txt", "a\n")]
    public async Task Bad_input_is_named_with_its_file_and_line(int code, string message, string name, string content)
    {
        place.Write(name, content);
        place.Write("out.jsonl", "as it was");

        var answer = await place.RunAsync("predict", "--model", ".", "--input", name, "--output", "out.jsonl");

        Assert.Equal(code, answer.Code);
        Assert.Contains(message, answer.Error);
        Assert.Equal("as it was", place.Read("out.jsonl"));
        Assert.False(place.Has("out.jsonl.tmp"));
    }

    [Theory]
    [InlineData("which model? Give --model with its folder or NAME@ALIAS, such as --model sentiment@champion", "--text", "a")]
    [InlineData("which texts? Give --text \"...\" or --input FILE", "--model", ".")]
    [InlineData("give either --text or --input, not both", "--model", ".", "--text", "a", "--input", "b.csv")]
    public async Task A_command_line_that_lacks_something_is_refused(string message, params string[] args)
    {
        var answer = await place.RunAsync(["predict", .. args]);

        Assert.Equal(new(ExitCode.Wrong, "", $"error: {message}\n"), answer);
    }

    [Fact]
    public async Task A_model_that_is_neither_a_folder_nor_registered_is_refused()
    {
        var answer = await place.RunAsync("predict", "--model", "nothing", "--text", "a");

        Assert.Equal(
            new(ExitCode.Wrong, "", $"error: there is no folder {Path.Combine(place.Folder, "nothing")}; a registered model is written NAME@ALIAS, such as sentiment@champion\n"), answer);
    }

    private static IEnumerable<string> Texts(string jsonLines) => jsonLines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("text").GetString()!;
    });

    [Fact]
    public async Task What_a_model_writes_follows_the_options()
    {
        Directory.CreateDirectory(Path.Combine(place.Folder, "writer"));
        var answer = await place.RunAsync("predict", "--model", "writer", "--text", "Once", "--max-new-tokens", "7", "--temperature", "0", "--top-p", "0.5", "--seed", "3");
        Assert.Equal(new(ExitCode.Done, "{\"text\":\"Once\",\"continuation\":\" and 7 0 0.5 3\"}\n", ""), answer);
        answer = await place.RunAsync("predict", "--model", "writer", "--text", "Once");
        Assert.Contains(" and 64 0.8 0.95 42", answer.Out, StringComparison.Ordinal);
    }

    private sealed class EchoPredictor(GenerationOptions options) : ITextPredictor
    {
        public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
            [.. texts.Select(_ => new TextPrediction("", [])
            {
                Continuation = FormattableString.Invariant($" and {options.MaxNewTokens} {options.Temperature} {options.TopP} {options.Seed}"),
            })];

        public void Dispose()
        {
        }
    }

    private sealed class LengthPredictor : ITextPredictor
    {
        public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
            [.. texts.Select(text => text.Length > 5 ? new TextPrediction("many", [new("few", 0.25), new("many", 0.75)]) : new("few", [new("few", 0.75), new("many", 0.25)]))];

        public void Dispose()
        {
        }
    }
}

using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Tracking;

namespace FineTuneWorkflows.Cli.Tests.Commands;

/// <summary>What is read, and what is refused before anything is predicted.</summary>
public sealed class PredictInputTests : IDisposable
{
    private readonly StubModels models = new();
    private readonly Workplace place;

    public PredictInputTests() => place = models.Workplace();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData("in.jsonl", "{\"text\":\"one\"}\n\n{\"text\":\"two, three\"}\n", "")]
    [InlineData("in.csv", "id,text\n1,one\n2,\"two, three\"\n", "note: in.csv: separated by commas, a header, quotes after RFC 4180\n")]
    [InlineData("in.tsv", "id\ttext\n1\tone\n2\ttwo, three\n", "note: in.tsv: separated by tabs, a header, quotes are text\n")]
    public async Task A_file_of_each_format_is_read(string name, string content, string note)
    {
        place.Write(name, content);

        var answer = await place.RunAsync("predict", "--model", ".", "--input", name, "--output", "out.jsonl");

        Assert.Equal(new(ExitCode.Done, "", note), answer);
        Assert.Equal(["one", "two, three"], StubModels.Texts(place.Read("out.jsonl")));
        Assert.Equal([place.Folder], models.Opened.Select(folder => folder.TrimEnd('.', '/')));
    }

    [Fact]
    public async Task Another_column_can_hold_the_text()
    {
        place.Write("in.csv", "sentence\nhello\n");

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.csv", "--text-column", "sentence");

        Assert.Equal(["hello"], StubModels.Texts(answer.Out));
    }

    [Fact]
    public async Task Many_texts_keep_their_order()
    {
        var texts = Enumerable.Range(0, 100).Select(i => $"text {i}").ToList();
        place.Write("in.jsonl", string.Concat(texts.Select(t => $"{{\"text\":\"{t}\"}}\n")));

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.jsonl");

        Assert.Equal(texts, StubModels.Texts(answer.Out));
    }

    [Theory]
    [InlineData(ExitCode.Wrong, "in.csv:1: there is no column 'text'; the columns are: a, b; --text-column names another", "in.csv", "a,b\n1,2\n")]
    [InlineData(ExitCode.Failed, "in.csv: the file has no rows", "in.csv", "")]
    [InlineData(ExitCode.Failed, "in.csv:3: the row has 1 fields where the header has 2", "in.csv", "id,text\n1,one\n2\n")]
    [InlineData(ExitCode.Failed, "in.csv:2: a quote stands where none may stand", "in.csv", "id,text\n1,\"a\"b\n")]
    [InlineData(ExitCode.Failed, "in.csv:2: a quote stands where none may stand; write a quote inside a quoted field twice; set --quoting none if quotes are part of the texts", "in.csv", "id,text\n1,\"a\"b\n")]
    [InlineData(ExitCode.Wrong, "in.csv:1: there is no column 'text'; the columns are: 1, one, two; set --text-column ..., or --header no if the first row is no header, and name columns by number: 1 '1', 2 'one, two'", "in.csv", "1;one, two\n2;three\n")]
    [InlineData(ExitCode.Failed, "in.jsonl:2: the line is not valid JSON", "in.jsonl", "{\"text\":\"a\"}\n{\"text\"\n")]
    [InlineData(ExitCode.Wrong, "in.jsonl:1: there is no 'text'; the columns are: sentence; --text-column names another", "in.jsonl", "{\"sentence\":\"a\"}\n")]
    [InlineData(ExitCode.Failed, "in.jsonl:2: 'text' is not a string", "in.jsonl", "{\"text\":\"a\"}\n{\"text\":1}\n")]
    [InlineData(ExitCode.Wrong, "in.pdf must be a .jsonl, .csv, .tsv, .txt or .conll file, packed (.gz) or not, got '.pdf'; --format says which it is", "in.pdf", "a\n")]
    public async Task Bad_input_is_named_with_its_file_and_line(int code, string message, string name, string content)
    {
        place.Write(name, content);
        place.Write("out.jsonl", "as it was");

        var answer = await place.RunAsync("predict", "--model", ".", "--input", name, "--output", "out.jsonl");

        Assert.Equal(code, answer.Code);
        Assert.Contains(message, answer.Error);
        Assert.Equal("as it was", place.Read("out.jsonl"));
        Assert.False(place.Has("out.jsonl.partial"));
        Assert.Empty(models.Batches);
    }

    [Fact]
    public async Task Inputs_are_read_as_training_data_are()
    {
        File.WriteAllBytes(Path.Combine(place.Folder, "in.csv"), System.Text.Encoding.Latin1.GetBytes("1;caf\u00e9\n2;\"cr\u00e8me\n"));

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.csv", "--encoding", "windows-1252", "--delimiter", ";", "--quoting", "none", "--header", "no", "--text-column", "2");

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal(["caf\u00e9", "\"cr\u00e8me"], StubModels.Texts(answer.Out));
        Assert.Equal("note: in.csv: read as windows-1252\nnote: in.csv: separated by semicolons, no header, quotes are text\n", answer.Error);
        answer = await place.RunAsync("predict", "--model", ".", "--input", "in.csv", "--header", "no", "--text-column", "2");
        Assert.Contains("in.csv:1: byte 6 of the line (0xE9) is not UTF-8; set --encoding windows-1252 if the file is that", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--encoding: there is no encoding 'klingon' of text files; some are UTF-8, GB18030, Big5, Shift_JIS, EUC-KR, windows-1252, ISO-8859-1", "--encoding", "klingon")]
    [InlineData("--quoting must be auto, rfc4180 or none, got 'some'", "--quoting", "some")]
    [InlineData("--format must be jsonl, csv, tsv, conll or text, got 'pdf'", "--format", "pdf")]
    [InlineData("--header must be auto, yes or no, got '1'", "--header", "1")]
    public async Task A_format_that_there_is_not_is_refused_with_those_there_are(string message, params string[] args)
    {
        place.Write("in.csv", "text\na\n");

        Assert.Equal(new(ExitCode.Wrong, "", $"error: {message}\n"), await place.RunAsync(["predict", "--model", ".", "--input", "in.csv", .. args]));
    }

    [Theory]
    [InlineData("which model? Give --model with its folder or NAME@ALIAS, such as --model sentiment@champion", "--text", "a")]
    [InlineData("which texts? Give --text \"...\" or --input FILE", "--model", ".")]
    [InlineData("--second-text is given 1 times and --text 2 times; each text of a pair needs the other (with --input, --second-text-column names where it stands)", "--model", ".", "--text", "a", "--text", "b", "--second-text", "c")]
    [InlineData("--second-text is given 1 times and --text 0 times; each text of a pair needs the other (with --input, --second-text-column names where it stands)", "--model", ".", "--input", "b.csv", "--second-text", "c")]
    [InlineData("--second-text-column is for --input; with --text give --second-text", "--model", ".", "--text", "a", "--second-text-column", "b")]
    [InlineData("--device must be auto, cpu, cuda or cuda:n, got 'gpu'", "--model", ".", "--text", "a", "--device", "gpu")]
    [InlineData("give either --text or --input, not both", "--model", ".", "--text", "a", "--input", "b.csv")]
    public async Task A_command_line_that_lacks_something_is_refused(string message, params string[] args)
    {
        var answer = await place.RunAsync(["predict", .. args]);

        Assert.Equal(new(ExitCode.Wrong, "", $"error: {message}\n"), answer);
    }

    [Fact]
    public async Task A_model_that_is_neither_a_folder_nor_registered_is_refused_before_the_input_is_read()
    {
        place.Host = place.Host with { Locate = (model, _) => throw new TrackingException($"No model '{model}' is registered. None is yet.") };
        place.Write("in.csv", "no text here\n");

        var answer = await place.RunAsync("predict", "--model", "nothing", "--input", "in.csv");

        Assert.Equal(
            new(ExitCode.Wrong, "", $"error: --model: there is no folder {Path.Combine(place.Folder, "nothing")}. No model 'nothing' is registered. None is yet. A registered model is written NAME@ALIAS, NAME/VERSION, or NAME for its latest version\n"),
            answer);
        Assert.Empty(models.Opened);
    }

    [Fact]
    public async Task A_name_alone_is_asked_for_in_the_registry()
    {
        place.Host = place.Host with { Locate = (model, _) => $"/objects/{model}/latest" };

        Assert.Equal(ExitCode.Done, (await place.RunAsync("predict", "--model", "sentiment", "--text", "a")).Code);
        Assert.Equal(["/objects/sentiment/latest"], models.Opened);
    }

    [Fact]
    public async Task A_bad_row_at_the_end_of_200000_is_found_before_the_first_is_predicted()
    {
        place.Write("in.jsonl", string.Concat(Enumerable.Repeat("{\"text\":\"good\"}\n", 200_000)) + "{\"text\":\n");

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.jsonl", "--output", "out.jsonl");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.Contains("in.jsonl:200001: ", answer.Error, StringComparison.Ordinal);
        Assert.EndsWith("; nothing was predicted; --on-bad-row skip leaves such rows out and counts them\n", answer.Error, StringComparison.Ordinal);
        Assert.Empty(models.Batches);
        Assert.Empty(models.Opened);
        Assert.False(place.Has("out.jsonl.partial"));
    }

    [Fact]
    public async Task Bad_rows_can_be_left_out_and_are_counted()
    {
        place.Write("in.csv", "id,text\n1,one\n2\n3,three\n4\n");

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.csv", "--on-bad-row", "Skip");

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal(["one", "three"], StubModels.Texts(answer.Out));
        Assert.EndsWith("note: skipped 2 bad rows, the first: in.csv line 3: the row has 1 fields where the header has 2\n", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"text\":\"one\"}\n{\"text\":\"two\"}\n")]
    [InlineData("one\ntwo\n")]
    [InlineData("id,text\n1,one\n2,two\n", "--format", "csv")]
    public async Task Standard_input_is_read_to_its_end(string text, params string[] options)
    {
        place.StandardInput = text;

        var answer = await place.RunAsync(["predict", "--model", ".", "--input", "-", .. options]);

        Assert.Equal(ExitCode.Done, answer.Code);
        // Of a table it is said what was detected.
        Assert.True(answer.Error.Length == 0 || (options.Length > 0 && answer.Error.StartsWith("note: standard input: ", StringComparison.Ordinal)), answer.Error);
        Assert.Equal(["one", "two"], StubModels.Texts(answer.Out));
    }

    [Fact]
    public async Task Standard_input_that_looks_like_a_table_or_is_a_list_is_not_taken_for_texts_in_silence()
    {
        place.StandardInput = "id,text\n1,one\n";
        var table = await place.RunAsync("predict", "--model", ".", "--input", "-");
        Assert.Equal("note: standard input: read as texts, a line each, though its first line looks like the header of a table; --format csv or tsv reads it as one\n", table.Error);

        place.StandardInput = "[\n {\"text\":\"one\"}]\n";
        var list = await place.RunAsync("predict", "--model", ".", "--input", "-");
        Assert.Contains("the file is one JSON array", list.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_standard_input_is_called_so()
    {
        place.StandardInput = "{\"text\":\"one\"}\n{\"text\":1}\n";

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "-");

        Assert.StartsWith("error: --input: standard input:2: ", answer.Error, StringComparison.Ordinal);
    }
}

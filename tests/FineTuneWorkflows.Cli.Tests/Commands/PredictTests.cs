using System.Text.Json;
using FineTuneWorkflows.Cli.Commands.Predict;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Parsing;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Tracking;

namespace FineTuneWorkflows.Cli.Tests.Commands;

public sealed class PredictTests : IDisposable
{
    private readonly Workplace place = new();
    private readonly List<string> opened = [];
    private readonly List<int> batches = [];
    private PredictionOptions asked = new();
    private string on = "";
    private Func<TextExample, TextPrediction> prediction = input =>
        input.Text.Length > 5 ? new("many", [new("few", 0.25), new("many", 0.75)]) : new("few", [new("few", 0.75), new("many", 0.25)]);

    public PredictTests() => place.Host = place.Host with
    {
        Predictor = (model, _, device, options) =>
        {
            opened.Add(model);
            (on, asked) = (device, options);
            return model.EndsWith("writer", StringComparison.Ordinal) ? new EchoPredictor(options.Generation) : new StubPredictor(Predict);
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

        Assert.Equal(expected, asked.Calibrated);
    }

    [Fact]
    public async Task Texts_of_pairs_come_out_together()
    {
        var answer = await place.RunAsync("predict", "--model", "pairs@champion", "--text", "a", "--second-text", "b", "--text", "c", "--second-text", "d");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Assert.Equal(
            """
            {"text":"a","second":"b","label":"few","probabilities":{"few":0.75,"many":0.25}}
            {"text":"c","second":"d","label":"few","probabilities":{"few":0.75,"many":0.25}}

            """.ReplaceLineEndings("\n"),
            answer.Out);
    }

    [Theory]
    [InlineData("in.jsonl", "{\"q\":\"one\",\"p\":\"two\"}\n")]
    [InlineData("in.csv", "p,q\ntwo,one\n")]
    public async Task A_file_holds_pairs_in_two_columns(string name, string content)
    {
        place.Write(name, content);

        var answer = await place.RunAsync("predict", "--model", ".", "--input", name, "--text-column", "q", "--second-text-column", "p");

        Assert.StartsWith("""{"text":"one","second":"two",""", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packed_file_and_a_text_file_are_read_too()
    {
        place.Write("in.txt", "one\ntwo, three\n");
        using (var packed = new System.IO.Compression.GZipStream(File.Create(Path.Combine(place.Folder, "in.jsonl.gz")), System.IO.Compression.CompressionMode.Compress))
            packed.Write("{\"text\":\"one\"}\n{\"text\":\"two, three\"}\n"u8);

        foreach (var name in (string[])["in.txt", "in.jsonl.gz"])
            Assert.Equal(["one", "two, three"], Texts((await place.RunAsync("predict", "--model", ".", "--input", name)).Out));
    }

    [Fact]
    public async Task Words_and_conversations_come_from_json_lines_and_are_written_back()
    {
        place.Write("words.jsonl", "{\"tokens\":[\"Anna\",\"sang\"]}\n");
        place.Write("chat.jsonl", "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"}]}\n");

        Assert.StartsWith("""{"tokens":["Anna","sang"],""", (await place.RunAsync("predict", "--model", ".", "--input", "words.jsonl")).Out, StringComparison.Ordinal);
        Assert.StartsWith(
            """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}],""", (await place.RunAsync("predict", "--model", ".", "--input", "chat.jsonl")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entities_among_words_have_a_tag_for_each_word()
    {
        prediction = _ => new("PER", []) { Tags = ["B-PER", "O"], Entities = [new("PER", 0, 1, "Anna", 0.5)] };

        var answer = await place.RunAsync("predict", "--model", ".", "--text", "Anna sang");

        Assert.Equal("""{"text":"Anna sang","tags":["B-PER","O"],"entities":[{"label":"PER","start":0,"end":1,"text":"Anna","probability":0.5}]}""" + "\n", answer.Out);
    }

    [Theory]
    [InlineData(OffsetUnit.CodePoints)]
    [InlineData(OffsetUnit.CodePoints, "--offsets", "code-points")]
    [InlineData(OffsetUnit.Utf16, "--offsets", "utf16")]
    public async Task Places_of_entities_count_code_points_unless_UTF_16_is_wanted(OffsetUnit expected, params string[] options)
    {
        await place.RunAsync(["predict", "--model", ".", "--text", "😀 Anna", .. options]);

        Assert.Equal(expected, asked.Offsets);
        Assert.Contains("--offsets must be code-points or utf16, got 'bytes'", (await place.RunAsync("predict", "--model", ".", "--text", "a", "--offsets", "bytes")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_that_the_vocabulary_does_not_have_are_answered_with_a_warning()
    {
        prediction = input => new("few", [new("few", 1)]) { UnknownShare = input.Text.Length > 2 ? 0.75 : 0.5 };

        var answer = await place.RunAsync("predict", "--model", ".", "--text", "南京", "--text", "南京大学", "--text", "北京大学");

        Assert.Equal(3, answer.Out.Count(c => c == '\n'));
        Assert.Equal("warning: 2 of 3 texts are mostly unknown to the model's vocabulary (75% of '南京大学'), so the answer says little\n", answer.Error);
        Assert.Equal("", (await place.RunAsync("predict", "--model", ".", "--text", "南京")).Error);
    }

    [Fact]
    public async Task Any_number_of_labels_come_out_as_a_list_and_joined_as_before()
    {
        prediction = _ => new("a,c", [new("a", 0.75), new("b", 0.25), new("c", 0.5)]) { Labels = ["a", "c"] };

        var answer = await place.RunAsync("predict", "--model", ".", "--text", "x");

        Assert.Equal("""{"text":"x","label":"a,c","labels":["a","c"],"probabilities":{"a":0.75,"b":0.25,"c":0.5}}""" + "\n", answer.Out);
    }

    [Fact]
    public async Task Each_mask_has_its_likeliest_tokens()
    {
        prediction = _ => new("", []) { Masks = [[new("good", 0.75), new("bad", 0.25)], [new("film", 1)]] };

        var answer = await place.RunAsync("predict", "--model", ".", "--text", "x", "--top-k", "2");

        Assert.Equal(2, asked.TopK);
        Assert.Equal("""{"text":"x","masks":[[{"token":"good","probability":0.75},{"token":"bad","probability":0.25}],[{"token":"film","probability":1}]]}""" + "\n", answer.Out);
    }

    [Fact]
    public async Task What_a_model_is_not_asked_with_is_a_wrong_command_line()
    {
        prediction = _ => throw new PredictionInputException("give --second-text");

        Assert.Equal(new(ExitCode.Wrong, "", "error: give --second-text\n"), await place.RunAsync("predict", "--model", ".", "--text", "x"));
    }

    [Fact]
    public async Task Device_threads_batches_and_the_way_of_asking_are_passed_on()
    {
        place.Write("in.txt", "a\nb\nc\n");

        await place.RunAsync("predict", "--model", ".", "--input", "in.txt", "--device", "cuda:1", "--threads", "3", "--batch-size", "2", "--raw", "--system", "be kind");

        Assert.Equal(("cuda:1", 3, true, "be kind"), (on, asked.Threads, asked.Raw, asked.System));
        Assert.Equal([2, 1], batches);
        await place.RunAsync("predict", "--model", ".", "--text", "a");
        Assert.Equal(("auto", 0, false, null, 5), (on, asked.Threads, asked.Raw, asked.System, asked.TopK));
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
    [InlineData("in.jsonl", "{\"text\":\"one\"}\n\n{\"text\":\"two, three\"}\n", "")]
    [InlineData("in.csv", "id,text\n1,one\n2,\"two, three\"\n", "note: in.csv: separated by commas, a header, quotes after RFC 4180\n")]
    [InlineData("in.tsv", "id\ttext\n1\tone\n2\ttwo, three\n", "note: in.tsv: separated by tabs, a header, quotes are text\n")]
    public async Task A_file_of_each_format_is_read(string name, string content, string note)
    {
        place.Write(name, content);

        var answer = await place.RunAsync("predict", "--model", ".", "--input", name, "--output", "out.jsonl");

        Assert.Equal(new(ExitCode.Done, "", note), answer);
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
        Assert.Empty(batches);
    }

    [Fact]
    public async Task Inputs_are_read_as_training_data_are()
    {
        File.WriteAllBytes(Path.Combine(place.Folder, "in.csv"), System.Text.Encoding.Latin1.GetBytes("1;caf\u00e9\n2;\"cr\u00e8me\n"));

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.csv", "--encoding", "windows-1252", "--delimiter", ";", "--quoting", "none", "--header", "no", "--text-column", "2");

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal(["caf\u00e9", "\"cr\u00e8me"], Texts(answer.Out));
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
            new(ExitCode.Wrong, "", $"error: --model: there is no folder {Path.Combine(place.Folder, "nothing")}, and no registered model nothing: No model 'nothing' is registered. None is yet. A registered model is written NAME@ALIAS, NAME/VERSION, or NAME for its latest version\n"),
            answer);
        Assert.Empty(opened);
    }

    [Fact]
    public async Task A_name_alone_is_asked_for_in_the_registry()
    {
        place.Host = place.Host with { Locate = (model, _) => $"/objects/{model}/latest" };

        Assert.Equal(ExitCode.Done, (await place.RunAsync("predict", "--model", "sentiment", "--text", "a")).Code);
        Assert.Equal(["/objects/sentiment/latest"], opened);
    }

    [Fact]
    public async Task A_bad_row_at_the_end_of_200000_is_found_before_the_first_is_predicted()
    {
        place.Write("in.jsonl", string.Concat(Enumerable.Repeat("{\"text\":\"good\"}\n", 200_000)) + "{\"text\":\n");

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.jsonl", "--output", "out.jsonl");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.Contains("in.jsonl:200001: ", answer.Error, StringComparison.Ordinal);
        Assert.EndsWith("; nothing was predicted; --on-bad-row skip leaves such rows out and counts them\n", answer.Error, StringComparison.Ordinal);
        Assert.Empty(batches);
        Assert.Empty(opened);
        Assert.False(place.Has("out.jsonl.partial"));
    }

    [Fact]
    public async Task Bad_rows_can_be_left_out_and_are_counted()
    {
        place.Write("in.csv", "id,text\n1,one\n2\n3,three\n4\n");

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.csv", "--on-bad-row", "Skip");

        Assert.Equal(ExitCode.Done, answer.Code);
        Assert.Equal(["one", "three"], Texts(answer.Out));
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
        Assert.Equal(["one", "two"], Texts(answer.Out));
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
        var whole = prediction;
        var seen = "";
        prediction = input =>
        {
            if (input.Text != "text 5")
                return whole(input);
            seen = place.Read("out.jsonl.partial");
            throw new IOException("the power is gone");
        };

        var broken = await place.RunAsync(command);

        Assert.Equal(ExitCode.Failed, broken.Code);
        Assert.Equal(["text 1", "text 2", "text 3", "text 4"], Texts(seen));
        Assert.Contains("4 predictions are in ", broken.Error, StringComparison.Ordinal);
        Assert.Contains("the same command goes on from there", broken.Error, StringComparison.Ordinal);
        Assert.False(place.Has("out.jsonl"));
        // What a process that was killed leaves: a line that is not whole.
        File.AppendAllText(Path.Combine(place.Folder, "out.jsonl.partial"), "{\"text\":\"text 5\",\"la");

        prediction = whole;
        batches.Clear();
        var rest = await place.RunAsync(command);

        Assert.Equal(new(ExitCode.Done, "", "goes on after 4 of 7 texts\n"), rest);
        Assert.Equal([2, 1], batches);
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
        var whole = prediction;
        prediction = input => input.Text == "c" ? throw new IOException("gone") : whole(input);
        await place.RunAsync("predict", "--model", ".", "--input", "in.txt", "--output", "out.jsonl", "--batch-size", "1");
        prediction = whole;
        batches.Clear();

        var answer = await place.RunAsync("predict", "--model", ".", "--input", "in.txt", "--output", "out.jsonl", "--batch-size", "1", "--uncalibrated");

        Assert.Equal(new(ExitCode.Done, "", ""), answer);
        Assert.Equal(3, batches.Count);
        Assert.Equal(["a", "b", "c"], Texts(place.Read("out.jsonl")));
    }

    [Fact]
    public async Task Texts_that_were_cut_are_counted_and_marked()
    {
        var whole = prediction;
        prediction = input => whole(input) with { CutTokens = input.Text.Length > 5 ? 7 : 0 };

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
        public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<TextExample> inputs, CancellationToken cancellationToken) =>
            [.. inputs.Select(_ => new TextPrediction("", [])
            {
                Continuation = FormattableString.Invariant($" and {options.MaxNewTokens} {options.Temperature} {options.TopP} {options.Seed}"),
            })];

        public void Dispose()
        {
        }
    }

    private IReadOnlyList<TextPrediction> Predict(IReadOnlyList<TextExample> inputs)
    {
        batches.Add(inputs.Count);
        return [.. inputs.Select(prediction)];
    }

    private sealed class StubPredictor(Func<IReadOnlyList<TextExample>, IReadOnlyList<TextPrediction>> predict) : ITextPredictor
    {
        public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<TextExample> inputs, CancellationToken cancellationToken) => predict(inputs);

        public void Dispose()
        {
        }
    }
}

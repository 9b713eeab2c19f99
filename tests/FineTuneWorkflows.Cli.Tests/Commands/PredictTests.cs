using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Cli.Tests.Commands;

/// <summary>What is asked of each kind of model, and how answers come out.</summary>
public sealed class PredictTests : IDisposable
{
    private readonly StubModels models = new();
    private readonly Workplace place;

    public PredictTests() => place = models.Workplace();

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
        Assert.Equal(["sentiment@champion"], models.Opened);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false, "--uncalibrated")]
    public async Task Probabilities_are_calibrated_unless_that_is_not_wanted(bool expected, params string[] options)
    {
        await place.RunAsync(["predict", "--model", "sentiment@champion", "--text", "short", .. options]);

        Assert.Equal(expected, models.Asked.Calibrated);
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
            Assert.Equal(["one", "two, three"], StubModels.Texts((await place.RunAsync("predict", "--model", ".", "--input", name)).Out));
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
        models.Prediction = _ => new("PER", []) { Tags = ["B-PER", "O"], Entities = [new("PER", 0, 1, "Anna", 0.5)] };

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

        Assert.Equal(expected, models.Asked.Offsets);
        Assert.Contains("--offsets must be code-points or utf16, got 'bytes'", (await place.RunAsync("predict", "--model", ".", "--text", "a", "--offsets", "bytes")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_that_the_vocabulary_does_not_have_are_answered_with_a_warning()
    {
        models.Prediction = input => new("few", [new("few", 1)]) { UnknownShare = input.Text.Length > 2 ? 0.75 : 0.5 };

        var answer = await place.RunAsync("predict", "--model", ".", "--text", "南京", "--text", "南京大学", "--text", "北京大学");

        Assert.Equal(3, answer.Out.Count(c => c == '\n'));
        Assert.Equal("warning: 2 of 3 texts are mostly unknown to the model's vocabulary (75% of '南京大学'), so the answer says little\n", answer.Error);
        Assert.Equal("", (await place.RunAsync("predict", "--model", ".", "--text", "南京")).Error);
    }

    [Fact]
    public async Task Any_number_of_labels_come_out_as_a_list_and_joined_as_before()
    {
        models.Prediction = _ => new("a,c", [new("a", 0.75), new("b", 0.25), new("c", 0.5)]) { Labels = ["a", "c"] };

        var answer = await place.RunAsync("predict", "--model", ".", "--text", "x");

        Assert.Equal("""{"text":"x","label":"a,c","labels":["a","c"],"probabilities":{"a":0.75,"b":0.25,"c":0.5}}""" + "\n", answer.Out);
    }

    [Fact]
    public async Task Each_mask_has_its_likeliest_tokens()
    {
        models.Prediction = _ => new("", []) { Masks = [[new("good", 0.75), new("bad", 0.25)], [new("film", 1)]] };

        var answer = await place.RunAsync("predict", "--model", ".", "--text", "x", "--top-k", "2");

        Assert.Equal(2, models.Asked.TopK);
        Assert.Equal("""{"text":"x","masks":[[{"token":"good","probability":0.75},{"token":"bad","probability":0.25}],[{"token":"film","probability":1}]]}""" + "\n", answer.Out);
    }

    [Fact]
    public async Task What_a_model_is_not_asked_with_is_a_wrong_command_line()
    {
        models.Prediction = _ => throw new PredictionInputException("give --second-text");

        Assert.Equal(new(ExitCode.Wrong, "", "error: give --second-text\n"), await place.RunAsync("predict", "--model", ".", "--text", "x"));
    }

    [Fact]
    public async Task Device_threads_batches_and_the_way_of_asking_are_passed_on()
    {
        place.Write("in.txt", "a\nb\nc\n");

        await place.RunAsync("predict", "--model", ".", "--input", "in.txt", "--device", "cuda:1", "--threads", "3", "--batch-size", "2", "--raw", "--system", "be kind");

        Assert.Equal(("cuda:1", 3, true, "be kind"), (models.On, models.Asked.Threads, models.Asked.Raw, models.Asked.System));
        Assert.Equal([2, 1], models.Batches);
        await place.RunAsync("predict", "--model", ".", "--text", "a");
        Assert.Equal(("auto", 0, false, null, 5), (models.On, models.Asked.Threads, models.Asked.Raw, models.Asked.System, models.Asked.TopK));
    }

    [Fact]
    public async Task One_text_at_a_terminal_is_answered_in_a_readable_line()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter();

        await place.App(output, error, terminal: true).RunAsync(place.WithHome("predict", "--model", "sentiment@champion", "--text", "a long long text"));

        Assert.Equal("many  (many 0.750, few 0.250)\n", output.ToString());
    }

    [Fact]
    public async Task What_a_model_writes_follows_the_options()
    {
        Directory.CreateDirectory(Path.Combine(place.Folder, "writer"));
        var answer = await place.RunAsync("predict", "--model", "writer", "--text", "Once", "--max-new-tokens", "7", "--temperature", "0", "--top-p", "0.5", "--seed", "3");
        Assert.Equal(new(ExitCode.Done, "{\"text\":\"Once\",\"continuation\":\" and 7 0 0.5 3\"}\n", ""), answer);
        answer = await place.RunAsync("predict", "--model", "writer", "--text", "Once");
        Assert.Contains(" and 64 0.8 0.95 42", answer.Out, StringComparison.Ordinal);
    }
}

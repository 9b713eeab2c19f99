using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Cli.Tests.Fixture;

namespace FineTuneWorkflows.Cli.Tests.Rendering;

/// <summary>What stands in files cannot steer the terminal.</summary>
public sealed class VisibleTextTests : IDisposable
{
    private const string Clear = "\u001b[2J\u001b[31mowned\u0007\u202e";

    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData("plain ä 中 😀", "plain ä 中 😀")]
    [InlineData("a\u001b[2Jb", "a\\u001B[2Jb")]
    [InlineData("a\u0085\u009b31m", "a\\u0085\\u009B31m")]
    [InlineData("a\nb\tc\r", "a\\nb\\tc\\r")]
    [InlineData("abc\u202ecba", "abc\\u202Ecba")]
    public void What_a_terminal_would_obey_is_written_out(string text, string expected) => Assert.Equal(expected, VisibleText.Of(text));

    [Fact]
    public void Lines_stay_lines() => Assert.Equal("a\nb\tc\r\nd\\re", VisibleText.Lines("a\nb\tc\r\nd\re"));

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("中文", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("😀", 2)]
    public void A_text_takes_as_many_columns_as_a_terminal_gives_it(string text, int width) => Assert.Equal(width, VisibleText.Width(text));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Names_and_messages_of_files_are_written_out_in_every_command(bool terminal)
    {
        var json = Definitions.Six.Replace("\"name\":\"Test pipeline\"", "\"name\":\"" + Json(Clear) + "\"", StringComparison.Ordinal).Replace("\"name\":\"train\"", "\"name\":\"" + Json(Clear) + "\"", StringComparison.Ordinal);
        place.Write("odd.json", json);
        place.Write("fails.json", Definitions.Flowchart(("fetch", "FineTune.Fetch", "{\"path\":\"" + Json(Clear) + "\"}")));
        string[][] commands = [["run", "odd.json", "-v", terminal ? "minimal" : "normal"], ["status", "odd.json", "-p", "Epochs=7"], ["validate", "odd.json"], ["graph", "odd.json"], ["runs"], ["runs", "show", "latest"], ["run", "fails.json", "-v", "minimal"]];

        foreach (var command in commands)
        {
            var answer = terminal ? await place.RunAtAsync(100, command) : await place.RunAsync(command);
            Assert.DoesNotContain('\u001b', answer.Out + answer.Error);
            Assert.DoesNotContain('\u0007', answer.Out + answer.Error);
            Assert.DoesNotContain('\u202e', answer.Out + answer.Error);
        }

        Assert.Contains("\\u001B[2J", (await place.RunAsync("runs", "show", "latest")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_are_ours_alone()
    {
        using var inner = new StringWriter { NewLine = "\n" };
        var ink = new Ink(true);
        var table = new TextTable("Name");
        table.Add(new TextTable.Cell(Clear, "32"));
        table.Write(new VisibleWriter(inner), ink);

        Assert.Equal("\u001b[1mName\u001b[0m\n\u001b[32m\\u001B[2J\\u001B[31mowned\\u0007\\u202E\u001b[0m\n", inner.ToString());
    }

    [Fact]
    public async Task A_failure_is_told_once()
    {
        place.Write("broken.json", Definitions.Flowchart(("break", "FineTune.Break", "{}")));

        var answer = await place.RunAsync("run", "broken.json");

        Assert.Equal(ExitCode.Failed, answer.Code);
        Assert.Equal(1, (answer.Out + answer.Error).Split("the label 'x' is not known").Length - 1);
    }

    private static string Json(string text) => System.Text.Json.JsonEncodedText.Encode(text).ToString();
}

using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;

namespace FineTuneWorkflows.Cli.Tests.Commands;

/// <summary>Bad input that is found before anything runs: exit code 2, one line per problem on standard error, nothing on standard output, no run begun.</summary>
public sealed class BadDefinitionTests : IDisposable
{
    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task A_definition_that_is_not_there() => await RefusesAsync("error: none.json: there is no such file", "none.json");

    [Fact]
    public async Task A_definition_that_is_a_folder()
    {
        Directory.CreateDirectory(Path.Combine(place.Folder, "folder.json"));
        await RefusesAsync("error: folder.json: is a folder, not a workflow definition", "folder.json");
    }

    [Fact]
    public async Task A_definition_that_is_no_json()
    {
        place.Write("bad.json", "{\n  \"root\": oops }");
        await RefusesAsync("error: bad.json: is not JSON: line 2, position 11", "bad.json");
    }

    [Fact]
    public async Task A_definition_that_is_no_workflow()
    {
        place.Write("bad.json", "[1, 2]");
        await RefusesAsync("error: bad.json: is no workflow definition: it has no \"root\" activity", "bad.json");
    }

    [Fact]
    public async Task An_unknown_stage()
    {
        place.Write("bad.json", Definitions.Flowchart(("a", "FineTune.Tokenise", "{}")));
        await RefusesAsync("error: bad.json: stage a: there is no stage type FineTune.Tokenise; did you mean FineTune.Tokenize? `finetune stages` lists them", "bad.json");
    }

    [Fact]
    public async Task An_unknown_parameter()
    {
        place.Write("bad.json", Definitions.Flowchart(("a", "FineTune.Fetch", """{"path":"data.txt","onBadRows":"skip"}""")));
        await RefusesAsync("error: bad.json: stage a: FineTune.Fetch has no parameter onBadRows; did you mean OnBadRow? `finetune stages Fetch` lists them", "bad.json");
    }

    [Fact]
    public async Task An_unknown_property() =>
        await RefusesAsync("error: six.json: there is no property Epoch; did you mean Epochs? (it has Data, Epochs, MaxLength)", "six.json", "-p", "Epoch=3");

    [Fact]
    public async Task A_property_of_the_wrong_type() => await RefusesAsync("error: six.json: property Epochs wants a whole number, got 'ten'", "six.json", "-p", "Epochs=ten");

    [Fact]
    public async Task A_property_out_of_range() =>
        await RefusesAsync("error: six.json: stage train: parameter Epochs: must lie in 1..100, got -1 (from property Epochs)", "six.json", "-p", "Epochs=-1");

    [Fact]
    public async Task A_value_that_is_not_among_those_allowed()
    {
        place.Write("bad.json", Definitions.Flowchart(("a", "FineTune.Fetch", """{"path":"data.txt","onBadRow":"ignore"}""")));
        await RefusesAsync("error: bad.json: stage a: parameter OnBadRow: must be one of fail, skip, got 'ignore'", "bad.json");
    }

    [Fact]
    public async Task A_secret_that_is_written_down_is_refused_without_being_repeated()
    {
        place.Write("bad.json", Definitions.Flowchart(("a", "FineTune.Fetch", """{"path":"data.txt","token":"hunter2"}""")));
        var answer = await RefusesAsync(
            "error: bad.json: stage a: parameter Token: is a secret: write an environment reference such as ${env:TOKEN}, not the value itself", "bad.json");
        Assert.DoesNotContain("hunter2", answer.Error);
    }

    [Fact]
    public async Task A_cycle()
    {
        var definition = Definitions.Flowchart(("a", "FineTune.Augment", "{}"), ("b", "FineTune.Augment", "{}"))
            .Replace("\"connections\":[", "\"connections\":[{\"source\":{\"activity\":\"b\"},\"target\":{\"activity\":\"a\"}},", StringComparison.Ordinal);
        place.Write("bad.json", definition);
        await RefusesAsync("error: bad.json: the stages a -> b -> a form a cycle", "bad.json");
    }

    [Fact]
    public async Task An_artifact_that_nobody_makes()
    {
        place.Write("bad.json", Definitions.Flowchart(("a", "FineTune.Train", "{}")));
        await RefusesAsync("error: bad.json: stage a: needs `tokens`, which no stage above it makes", "bad.json");
    }

    [Fact]
    public async Task An_unknown_target() =>
        await RefusesAsync("error: six.json: there is no stage trian; did you mean train? (it has fetch, augment, tokenize, train, evaluate, register)", "six.json", "-t", "trian");

    [Fact]
    public async Task An_unknown_stage_to_force() =>
        await RefusesAsync("error: six.json: there is no stage trian; did you mean train? (it has fetch, augment, tokenize, train, evaluate, register)", "six.json", "--force", "trian");

    [Fact]
    public async Task All_problems_are_named_at_once()
    {
        place.Write("bad.json", Definitions.Flowchart(("a", "FineTune.Fetch", "{}"), ("b", "FineTune.Tokenize", """{"maxLength":4,"minLength":1}""")));

        var answer = await place.RunAsync("validate", "bad.json");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Equal(3, answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("stage a: parameter Path: is required", answer.Error);
        Assert.Contains("stage b: parameter MaxLength: must lie in 8..512, got 4", answer.Error);
        Assert.Contains("no parameter minLength", answer.Error);
    }

    [Fact]
    public async Task A_home_that_cannot_be_written()
    {
        place.Write("file", "");

        var answer = await place.RunAsync("run", "six.json", "--home", "file/home");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.StartsWith($"error: the home folder {Path.Combine(place.Folder, "file", "home")} cannot be written: ", answer.Error);
        Assert.Contains("Choose another with --home or FINETUNE_HOME.", answer.Error);
    }

    private async Task<Workplace.Answer> RefusesAsync(string message, params string[] args)
    {
        // What `run` refuses it refuses the same way with --json: text on standard error, nothing on standard output.
        var plain = await place.RunAsync(["run", .. args]);
        var json = await place.RunAsync(["run", .. args, "--json"]);

        Assert.Equal(ExitCode.Wrong, plain.Code);
        // Here the test's folder is not the process's, so the file is named by its full path.
        Assert.Equal(message + "\n", plain.Error.Replace(place.Folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
        Assert.Empty(plain.Out);
        Assert.Equal(plain, json);
        Assert.Empty(Directory.Exists(Path.Combine(place.Folder, "home", "runs")) ? Directory.GetDirectories(Path.Combine(place.Folder, "home", "runs")) : []);
        return plain;
    }
}

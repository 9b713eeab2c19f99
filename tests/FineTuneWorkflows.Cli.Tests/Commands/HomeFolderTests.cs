using FineTuneWorkflows.Cli.Commands.Predict;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Cli.Tests.Commands;

public sealed class HomeFolderTests : IDisposable
{
    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData("run", "six.json")]
    [InlineData("status", "six.json")]
    [InlineData("runs")]
    [InlineData("runs", "show", "latest")]
    [InlineData("clean", "--older-than", "0")]
    [InlineData("sync")]
    [InlineData("predict", "--model", ".", "--text", "x")]
    public async Task An_empty_home_is_refused_and_the_current_folder_is_left_alone(params string[] command)
    {
        place.Host = WithEverything(place.Host);
        var mine = Old("work/notes/plan.txt");
        var before = Entries();

        var answer = await place.RunAsync([.. command, "--home", ""]);

        Assert.Equal(new(ExitCode.Wrong, "", "error: the home folder is empty; name one with --home or FINETUNE_HOME, or leave both out for .finetune in the current folder\n"), answer);
        Assert.True(File.Exists(mine));
        Assert.Equal(before, Entries());
    }

    [Fact]
    public async Task An_empty_FINETUNE_HOME_is_refused()
    {
        var before = Entries();
        var answer = await ChildProcess.RunAsync(ChildProcess.TestFinetune, place.Folder, ["run", "six.json"], [new("FINETUNE_HOME", "")]);
        Assert.Equal((ExitCode.Wrong, "error: FINETUNE_HOME is empty; name a folder, or unset it for .finetune in the current folder\n"), (answer.Code, answer.Error));
        Assert.Equal(before, Entries());
    }

    [Fact]
    public async Task Clean_removes_nothing_in_a_folder_that_is_no_home()
    {
        Old("project/work/notes/plan.txt");
        Old("project/objects/ab/part.txt");
        var before = Entries();

        var answer = await place.RunAsync("clean", "--older-than", "0", "--home", "project");

        Assert.Equal(new(ExitCode.Wrong, "", $"error: there is no home in {Path.Combine(place.Folder, "project")}; name it with --home or FINETUNE_HOME\n"), answer);
        Assert.Equal(before, Entries());
    }

    [Fact]
    public async Task A_run_does_not_take_a_folder_over_in_which_others_keep_their_work()
    {
        Old("project/work/notes/plan.txt");
        var before = Entries();

        var answer = await place.RunAsync("run", "six.json", "--home", "project");

        Assert.Equal(ExitCode.Wrong, answer.Code);
        Assert.Contains($"is not a home and cannot become one: {Path.Combine(place.Folder, "project", "work", "notes")} is not finetune's", answer.Error, StringComparison.Ordinal);
        Assert.Equal(before, Entries());
    }

    [Theory]
    [InlineData("runs")]
    [InlineData("status", "six.json")]
    [InlineData("run", "six.json", "--question")]
    [InlineData("run", "six.json", "--dry-run")]
    [InlineData("sync")]
    [InlineData("predict", "--model", ".", "--text", "x")]
    public async Task Commands_that_only_look_make_nothing_where_there_is_no_home(params string[] command)
    {
        place.Host = WithEverything(place.Host);
        var before = Entries();

        var answer = await place.RunAsync([.. command, "--home", "home"]);

        Assert.Equal("", answer.Error);
        Assert.NotEqual(ExitCode.Wrong, answer.Code);
        Assert.Equal(before, Entries());
    }

    [Theory]
    [InlineData("runs")]
    [InlineData("runs", "show", "latest")]
    [InlineData("runs", "compare", "latest", "latest")]
    [InlineData("status", "six.json")]
    [InlineData("predict", "--model", ".", "--text", "x")]
    public async Task Commands_that_only_look_work_where_nothing_may_be_written(params string[] command)
    {
        place.Host = WithEverything(place.Host);
        await place.RunAsync("run", "six.json");
        var writable = await place.RunAsync([.. command, "--home", "home"]);
        // Those who may write anywhere, such as root, are not held up by modes; that nothing is written, at least nothing new, shows in the entries.
        File.Delete(Path.Combine(place.Home.Root, "file-hashes.tsv"));
        var before = Entries();
        SetModes(UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Assert.Equal(writable, await place.RunAsync([.. command, "--home", "home"]));
        }
        finally
        {
            SetModes(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Assert.Equal(before, Entries());
    }

    [Fact]
    public async Task A_home_that_was_moved_shows_where_its_model_lies_now()
    {
        place.Write("short.json", Definitions.Flowchart(
            ("fetch", "FineTune.Fetch", """{"path":"data.txt"}"""), ("tokenize", "FineTune.Tokenize", "{}"), ("train", "FineTune.Train", "{}"), ("register", "FineTune.Register", """{"withDigest":true}""")));
        var first = await place.RunAsync("run", "short.json", "--home", "home");
        var line = first.Out.Split('\n').Single(l => l.StartsWith("Model ", StringComparison.Ordinal));
        Assert.Contains(Path.Combine(place.Folder, "home", "objects"), line, StringComparison.Ordinal);
        Directory.Move(Path.Combine(place.Folder, "home"), Path.Combine(place.Folder, "moved"));

        var second = await place.RunAsync("run", "short.json", "--home", "moved");

        Assert.Contains("4 up-to-date", second.Out, StringComparison.Ordinal);
        Assert.Equal(line.Replace(Path.Combine(place.Folder, "home"), Path.Combine(place.Folder, "moved"), StringComparison.Ordinal), second.Out.Split('\n').Single(l => l.StartsWith("Model ", StringComparison.Ordinal)));
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(place.Folder, "moved", "stages")), file => File.ReadAllText(file).Contains(Path.Combine(place.Folder, "home"), StringComparison.Ordinal));
    }

    private static CliHost WithEverything(CliHost host) => host with
    {
        Predictor = (_, _, _, _) => new Predictor(),
        Sync = (_, _, _) => throw new InvalidOperationException("there is nothing to deliver"),
    };

    private string Old(string file)
    {
        var path = Path.Combine(place.Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "mine");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-100));
        Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(path)!, DateTime.UtcNow.AddDays(-100));
        return path;
    }

    private void SetModes(UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach (var folder in Directory.GetDirectories(place.Home.Root, "*", SearchOption.AllDirectories).Append(place.Home.Root))
            File.SetUnixFileMode(folder, mode);
    }

    private string[] Entries() => [.. Directory.EnumerateFileSystemEntries(place.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private sealed class Predictor : ITextPredictor
    {
        public IReadOnlyList<TextPrediction> Predict(IReadOnlyList<TextExample> inputs, CancellationToken cancellationToken) =>
            [.. inputs.Select(_ => new TextPrediction("good", [new("good", 1)]))];

        public void Dispose()
        {
        }
    }
}

using System.Diagnostics;
using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Stages.Tracking;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Runs;

namespace FineTuneWorkflows.Stages.Tests.Tracking;

public sealed class RunSurroundingsTests : IDisposable
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    private readonly Workspace workspace = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_definition_the_machine_and_nothing_secret_are_kept_with_the_run()
    {
        // The data come when the machine was looked at: however busy it is, the run lasts until then.
        var measured = new Measured();
        using var server = new OneFileServer(await File.ReadAllTextAsync(workspace.Data, Cancel)) { Until = measured.Task };
        var file = workspace.Write("w.json", Definition("https://ann:planted@example.org/x.csv", server));
        var said = new List<string>();
        string runId;
        await using (var surroundings = new RunSurroundings(workspace.Home, said.Add, interval: Often))
            runId = (await workspace.RunAsync(Read(file), observers: [surroundings, measured])).RunId;

        Assert.Empty(said);
        var kept = await File.ReadAllTextAsync(Path.Combine(workspace.Home.Runs, runId, "definition.json"), Cancel);
        Assert.DoesNotContain("planted", kept, StringComparison.Ordinal);
        Assert.Contains("https://***@example.org/x.csv", kept, StringComparison.Ordinal);
        using (var json = JsonDocument.Parse(kept))
            Assert.Equal("watched", json.RootElement.GetProperty("definitionId").GetString());
        var journal = workspace.Journal(runId);
        Assert.Single(journal.OfType<RunFileKept>());
        Assert.Contains(journal.OfType<RunMeasured>(), m => m.Values.ContainsKey("system/system_memory_usage_megabytes"));
        Assert.IsType<RunFinished>(journal[^1]);

        new JournalImporter(workspace.Home, workspace.Services.Store).ImportAll(Cancel);
        var run = new RunIndex(workspace.Services.Store).Show(runId);
        Assert.Contains(run.Artifacts, a => a.Path == "definition.json");
        Assert.Contains(run.Artifacts, a => a.Path == "summary.json");
        Assert.Contains("| Fetch | executed |", run.Tags[RunDescribed.Tag], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_in_which_nothing_is_executed_is_not_watched()
    {
        await workspace.RunAsync(workspace.Chain(("Fetch", "FineTune.FetchData", new { source = workspace.Data })));
        RunResult again;
        await using (var surroundings = new RunSurroundings(workspace.Home, Assert.Fail, _ => throw new InvalidOperationException("asked"), Often))
            again = await workspace.RunAsync(workspace.Chain(("Fetch", "FineTune.FetchData", new { source = workspace.Data })), observers: surroundings);
        Assert.DoesNotContain(workspace.Journal(again.RunId), e => e is RunMeasured or RunFileKept or RunTagged);
    }

    [Fact]
    public async Task A_run_that_ends_sooner_than_its_definition_is_read_has_it_nevertheless()
    {
        async Task<string?> Slow(CancellationToken cancellationToken)
        {
            await Task.Delay(500, cancellationToken);
            return "{}";
        }

        string runId;
        await using (var surroundings = new RunSurroundings(workspace.Home, Assert.Fail, Slow, TimeSpan.Zero))
            runId = (await workspace.RunAsync(workspace.Chain(("Fetch", "FineTune.FetchData", new { source = workspace.Data })), observers: surroundings)).RunId;
        Assert.Contains(workspace.Journal(runId).OfType<RunFileKept>(), kept => kept.Path == RunSurroundings.DefinitionFile);
        Assert.IsType<RunFinished>(workspace.Journal(runId)[^1]);
    }

    [Fact]
    public async Task What_cannot_be_noted_is_said_and_the_run_goes_on()
    {
        var said = new List<string>();
        RunResult result;
        await using (var surroundings = new RunSurroundings(workspace.Home, said.Add, _ => throw new InvalidOperationException("no definition"), Often))
            result = await workspace.RunAsync(workspace.Chain(("Fetch", "FineTune.FetchData", new { source = workspace.Data })), observers: surroundings);
        Assert.Equal(FineTuneWorkflows.Pipelines.Contract.Events.RunStatus.Succeeded, result.Status);
        Assert.Contains("no definition", Assert.Single(said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, 10)]
    [InlineData("false", null, 0)]
    [InlineData("0", "3", 0)]
    [InlineData("true", "2.5", 2.5)]
    [InlineData(null, "soon", 10)]
    [InlineData(null, "-1", 10)]
    public void The_machine_is_looked_at_as_often_as_MLflow_s_variables_say(string? enabled, string? interval, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RunSurroundings.IntervalFrom(name => name == "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING" ? enabled : interval));

    [Fact]
    public async Task Git_tells_commit_branch_and_whether_files_differ_from_it()
    {
        Assert.Null(await GitState.ReadAsync(Path.GetTempPath(), Cancel));
        if (!Git("init", "-q", "-b", "main"))
            Assert.Skip("there is no Git here");
        Assert.Null(await GitState.ReadAsync(workspace.Folder, Cancel));
        Git("add", "data.jsonl");
        Git("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "first");
        Git("remote", "add", "origin", "https://example.org/repo.git");

        var clean = await GitState.ReadAsync(workspace.Folder, Cancel);
        Assert.NotNull(clean);
        Assert.Matches("^[0-9a-f]{40,64}$", clean.Commit);
        Assert.Equal(("main", false, "https://example.org/repo.git"), (clean.Branch, clean.Dirty, clean.Remote));
        workspace.Write("data.jsonl", "changed");
        Assert.Equal("true", (await GitState.ReadAsync(workspace.Folder, Cancel))!.ToTags()["mlflow.source.git.dirty"]);
    }

    [Fact]
    public async Task Code_that_differs_from_the_commit_is_kept_as_a_patch_and_data_is_not()
    {
        if (!Git("init", "-q", "-b", "main"))
            Assert.Skip("there is no Git here");
        workspace.Write("stage.cs", "class A;\n");
        var definition = workspace.Write("w.json", "{}\n");
        workspace.Write("notes.txt", "old\n");
        Git("add", ".");
        Git("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "first");
        Assert.Null(await GitState.PatchAsync(workspace.Folder, definition, Cancel));
        workspace.Write("data.jsonl", "a private text\n");
        workspace.Write("notes.txt", "another private text\n");
        workspace.Write("new.cs", "// private, and not tracked\n");
        Assert.Null(await GitState.PatchAsync(workspace.Folder, definition, Cancel));
        workspace.Write("stage.cs", "class B;\n");
        workspace.Write("w.json", "{ }\n");
        var patch = (await GitState.PatchAsync(workspace.Folder, definition, Cancel))!;
        Assert.StartsWith("# These differ, too, and are left out, since they may hold data or texts: data.jsonl, notes.txt\n", patch, StringComparison.Ordinal);
        Assert.Contains("+class B;", patch, StringComparison.Ordinal);
        Assert.Contains("+{ }", patch, StringComparison.Ordinal);
        Assert.DoesNotContain("private", patch, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_reuses_a_stage_has_its_parameters_data_sets_and_maker()
    {
        var first = await workspace.RunAsync(workspace.Whole());
        var second = await workspace.RunAsync(workspace.Whole(register: new { modelName = "mood", modelDescription = "the second" }));
        Assert.Equal("Fetch:up-to-date Augment:up-to-date Tokenize:up-to-date FineTune:up-to-date Evaluate:up-to-date Register:executed", second.Outcomes());
        new JournalImporter(workspace.Home, workspace.Services.Store).ImportAll(Cancel);

        var run = new RunIndex(workspace.Services.Store).Show(second.RunId);
        Assert.Equal("0.003", run.Parameters["FineTune.LearningRate"]);
        Assert.Equal(["testing", "training", "validation"], run.Datasets.Select(d => d.Context).Order(StringComparer.Ordinal));
        using (var sheet = JsonDocument.Parse(await File.ReadAllTextAsync(run.Artifacts.Single(a => a.Path == "stages.json").LocalPath, Cancel)))
            Assert.Equal(first.RunId, sheet.RootElement.GetProperty("FineTune").GetProperty("made_by_run").GetString());
        // All that the run which made them was told to take, files and folders included.
        var made = new RunIndex(workspace.Services.Store).Show(first.RunId).Parameters;
        Assert.Contains("Augment.Lexicon", made.Keys);
        Assert.Equal(made.Where(p => !p.Key.StartsWith("Register.", StringComparison.Ordinal)), run.Parameters.Where(p => !p.Key.StartsWith("Register.", StringComparison.Ordinal)));
        Assert.Contains($"| FineTune | up-to-date |  | up to date, made by run {first.RunId} |", run.Tags[RunDescribed.Tag], StringComparison.Ordinal);
    }

    public void Dispose() => workspace.Dispose();

    private string Definition(string address, OneFileServer? server = null) => $$"""
        {
          "definitionId": "watched", "name": "Watched",
          "root": { "type": "Elsa.Sequence", "activities": [
            { "id": "Fetch", "type": "FineTune.FetchData", "source": {{Literal(server?.Address ?? workspace.Data)}}, "sha256": {{Literal(server?.Sha256 ?? "")}} },
            { "id": "Augment", "type": "FineTune.Augment", "lexicon": {{Literal("lexicon.tsv")}}, "stopWords": {{Literal("stop.txt")}} },
            { "id": "Tokenize", "type": "FineTune.Tokenize", "vocabulary": {{Literal("vocab.txt")}}, "maxLength": {{Literal(16)}} },
            { "id": "Train", "type": "FineTune.FineTune", "baseModel": {{Literal("tiny")}}, "epochs": {{Literal(2)}}, "device": {{Literal("cpu")}}, "threads": {{Literal(1)}} } ] },
          "customProperties": { "origin": {{JsonSerializer.Serialize(address)}} }
        }
        """;

    private static string Literal<T>(T value) => JsonSerializer.Serialize(new { typeName = "Object", expression = new { type = "Literal", value } });

    private Pipeline Read(string file)
    {
        var definition = DefinitionReader.ReadFile(file);
        return PipelineBuilder.Build(definition, FineTuneStages.Catalog, PropertyValues.Bind(definition, [], workspace.Folder));
    }

    private bool Git(params string[] arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", workspace.Folder, .. arguments]))!;
            git.WaitForExit();
            return git.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Done when a run was told how busy the machine is.</summary>
    private sealed class Measured : IRunObserver
    {
        private readonly TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => source.Task;

        public void OnEvent(RunEvent runEvent)
        {
            if (runEvent is RunMeasured) source.TrySetResult();
        }
    }
}

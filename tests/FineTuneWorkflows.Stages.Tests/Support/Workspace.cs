using System.Text;
using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Stages.Tests.Support;

/// <summary>A folder with data, vocabulary and lexicon small enough to train on in a second, and a home.</summary>
public sealed class Workspace : IDisposable
{
    private static readonly string[] Good = ["good", "great", "lovely", "fine", "superb"];
    private static readonly string[] Bad = ["bad", "awful", "poor", "sad", "dull"];
    private static readonly string[] Things = ["film", "phone", "meal", "song", "book", "game", "room", "shop"];

    public Workspace()
    {
        Folder = Directory.CreateTempSubdirectory("finetune-stages-").FullName;
        Home = Home.Open(Path.Combine(Folder, "home"));
        Services = new(Home);
        Write("vocab.txt", string.Join('\n', (string[])["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "was", "a", "very", "!", ".", "x", "##x", .. Good, .. Bad, .. Things, "nice", "picture"]) + "\n");
        Write("lexicon.tsv", "film\tpicture\ngood\tnice,fine\nbad\tpoor\n");
        Write("stop.txt", "the\nwas\na\n");
        Data = Write("data.jsonl", Rows(120));
    }

    public string Folder { get; }

    public Home Home { get; }

    public StageServices Services { get; }

    public string Data { get; }

    public static string Rows(int count) => string.Concat(Enumerable.Range(0, count).Select(i =>
        JsonSerializer.Serialize(new { text = Sentence(i), label = i % 2 == 0 ? "positive" : "negative" }) + "\n"));

    public string Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>A chain of stages; each is (name, type, settings).</summary>
    public Pipeline Chain(params (string Name, string Type, object Settings)[] stages)
    {
        var json = JsonSerializer.Serialize(new
        {
            definitionId = "test",
            name = "Test",
            root = new { type = "Elsa.Sequence", activities = stages.Select(s => Activity(s.Name, s.Type, s.Settings)) },
        });
        var definition = DefinitionReader.Read(Encoding.UTF8.GetBytes(json), "test.json", Folder);
        return PipelineBuilder.Build(definition, FineTuneStages.Catalog, PropertyValues.Bind(definition, [], Folder));
    }

    /// <summary>All six stages, small.</summary>
    public Pipeline Whole(object? fetch = null, object? train = null, object? register = null) => Chain(
        ("Fetch", "FineTune.FetchData", fetch ?? new { source = Data }),
        ("Augment", "FineTune.Augment", new { lexicon = "lexicon.tsv", stopWords = "stop.txt" }),
        ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt", maxLength = 16 }),
        ("FineTune", "FineTune.FineTune", train ?? Training()),
        ("Evaluate", "FineTune.Evaluate", new { baseline = "NaiveBayes", threads = 1, device = "cpu" }),
        ("Register", "FineTune.RegisterModel", register ?? new { modelName = "mood", gate = "test/accuracy >= champion" }));

    public static object Training(int epochs = 3, double learningRate = 3e-3) => new { baseModel = "tiny", epochs, learningRate, batchSize = 16, threads = 1, device = "cpu", checkpointEverySteps = 2 };

    /// <summary>Runs as a new process would, but for libtorch.</summary>
    public async Task<RunResult> RunAsync(Pipeline pipeline, RunOptions? options = null, CancellationToken cancellationToken = default, params IRunObserver[] observers)
    {
        using var engine = Engine.Open(Home, Services);
        var result = await engine.Runner.RunAsync(pipeline, options ?? new(), observers, cancellationToken);
        // What a stage measures it says beforehand, so that a mistyped name is found before a long training.
        foreach (var (stage, outcome) in result.Stages)
            Assert.All(outcome.Metrics.Keys, name => Assert.Contains(name, stage.Stage.Measures!));
        return result;
    }

    /// <summary>Runs one stage that must fail, and gives the reason.</summary>
    public async Task<string> FailureOf(params (string Name, string Type, object Settings)[] stages)
    {
        var result = await RunAsync(Chain(stages));
        Assert.Equal(RunStatus.Failed, result.Status);
        return result.Stages.Single(s => s.Result.Outcome == StageOutcome.Failed).Result.Reason;
    }

    public IReadOnlyList<RunEvent> Journal(string runId) => [.. RunJournal.Read(RunJournal.PathOf(Home, runId)).Select(e => e.Event)];

    public void Dispose()
    {
        Services.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    public static string Sentence(int i)
    {
        var words = i % 2 == 0 ? Good : Bad;
        return $"the {Things[i / 2 % Things.Length]} was {(i % 3 == 0 ? "very " : "")}{words[i / 2 % words.Length]} {Things[i / 16 % Things.Length]} x{new string('x', i / 40)}{(i % 7 == 0 ? "!" : ".")}";
    }

    private static Dictionary<string, object?> Activity(string name, string type, object settings)
    {
        var activity = new Dictionary<string, object?> { ["id"] = name, ["type"] = type };
        var named = settings as IReadOnlyDictionary<string, object?> ?? settings.GetType().GetProperties().ToDictionary(property => property.Name, property => property.GetValue(settings));
        foreach (var (key, value) in named)
            activity[key] = new { typeName = "Object", expression = new { type = "Literal", value } };
        return activity;
    }
}

internal static class RunResultAssertions
{
    public static string Outcomes(this RunResult result) => string.Join(" ", result.Stages.Select(s => $"{s.Stage.Name}:{s.Result.Outcome.Name()}"));

    public static StageResult Of(this RunResult result, string stage) => result.Stages.Single(s => s.Stage.Name == stage).Result;
}

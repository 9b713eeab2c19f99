using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Export;
using FineTuneWorkflows.Tracking.Registry;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Tracking.Tests.Export;

public sealed class FileStoreExportTests : IDisposable
{
    private const string Run = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder _folder = new();
    private readonly TrackingStore _store;

    public FileStoreExportTests() => _store = TrackingStore.Open(_folder.File("state.db"));

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_run_becomes_a_folder_of_its_experiment()
    {
        _store.Append(
        [
            new RunStarted(
                Run, "a \"quoted\": name", "mine", Make.Noon), Make.Parameters(Run, ("fine-tune.Epochs", "3"), ("empty", ""),
                ("long", new string('p', 7000))),
            Make.Tags(Run, ("mlflow.user", "ann")), new RunEnded(Run, RunStatus.Failed, Make.Noon.AddHours(1)),
        ]);
        var summary = Export();
        Assert.Equal((2, 1), (summary.Experiments, summary.Runs));
        Assert.Contains("name: \"mine\"\n", Read("1/meta.yaml"), StringComparison.Ordinal);
        var meta = Read($"1/{Run}/meta.yaml");
        Assert.Contains("run_name: \"a \\\"quoted\\\": name\"\n", meta, StringComparison.Ordinal);
        Assert.Contains($"start_time: {Make.Noon.ToUnixTimeMilliseconds()}\nstatus: 4\nuser_id: \"ann\"\n", meta, StringComparison.Ordinal);
        Assert.Equal(
            ("3", "", Run), (Read($"1/{Run}/params/fine-tune.Epochs"), Read($"1/{Run}/params/empty"), Read($"1/{Run}/tags/finetune.run_id")));
        Assert.Equal(6000, Read($"1/{Run}/params/long").Length);
        Assert.Equal(7000, File.ReadAllText(Directory.GetFiles(_folder.File($"out/1/{Run}/artifacts/cut/parameters"))[0]).Length);
    }

    [Fact]
    public void Metrics_are_lines_of_time_value_and_step_each_once()
    {
        _store.Append(
        [
            Make.Start(Run), Make.Metrics(
                Run, ("train/loss", 0.5, 1), ("train/loss", 0.5, 1), ("train/loss", double.NaN, 2), ("train/loss", double.PositiveInfinity, 3),
                ("train", 1, 0)),
        ]);
        Assert.Equal(4, Export().Metrics);
        var time = Make.Noon.ToUnixTimeMilliseconds();
        Assert.Equal($"{time + 1000} 0.5 1\n{time + 2000} nan 2\n{time + 3000} 1.7976931348623157E+308 3\n", Read($"1/{Run}/metrics/train/loss"));
        Assert.Single(Directory.GetFiles(_folder.File($"out/1/{Run}/metrics"), "train_*"));
    }

    [Fact]
    public void Data_artifacts_models_and_versions_come_along_and_what_is_gone_is_said()
    {
        Directory.CreateDirectory(_folder.File("model/sub"));
        File.WriteAllText(_folder.File("model/sub/MLmodel"), "x");
        File.WriteAllText(_folder.File("plot.png"), "png");
        _store.Append(
        [
            Make.Start(Run), Make.Start("child", parent: Run), new DatasetUsed(Run, "imdb", new string('d', 64), "data/imdb.csv", "training"),
            new DatasetUsed(Run, "imdb", new string('d', 64), "data/imdb.csv", "testing"),
            new ArtifactProduced(Run, "plots/plot.png", _folder.File("plot.png")), new ArtifactProduced(Run, "gone", _folder.File("gone")),
            new ModelLogged(Run, "sentiment", _folder.File("model"), "digest", Make.Noon, new Dictionary<string, double> { ["acc"] = 0.5 }),
            new ModelRegistered(Run, "sentiment", 1, "digest", Tags: [KeyValuePair.Create("test/accuracy", "0.5"), KeyValuePair.Create("data", "d")], About: "Moods."),
        ]);
        var registry = Registry;
        registry.Register(new ModelVersionDraft("sentiment", "digest", Run, new Dictionary<string, double>(), [], "first"));
        registry.SetAlias("sentiment", "champion", 1);
        var summary = Export();
        Assert.Equal((2, 1), (summary.Artifacts, summary.Versions));
        Assert.Equal([_folder.File("gone")], summary.Missing);
        Assert.Equal("png", Read($"1/{Run}/artifacts/plots/plot.png"));
        Assert.Equal(Run, File.ReadAllText(Directory.GetFiles(_folder.File("out"), "mlflow.parentRunId", SearchOption.AllDirectories).Single()));
        Assert.Equal(2, Directory.GetDirectories(_folder.File($"out/1/{Run}/inputs")).Length);
        Assert.Equal(2, Directory.GetDirectories(_folder.File("out/1/datasets")).Length);
        var model = Path.GetFileName(Directory.GetDirectories(_folder.File("out/1/models")).Single());
        Assert.Equal("x", Read($"1/models/{model}/artifacts/sub/MLmodel"));
        Assert.Contains($"source: \"models:/{model}\"\n", Read("models/sentiment/version-1/meta.yaml"), StringComparison.Ordinal);
        Assert.Equal("1", Read("models/sentiment/aliases/champion"));
        Assert.Equal(
            ("0.5", "d", "digest", "1"),
            (Read("models/sentiment/version-1/tags/test/accuracy"), Read("models/sentiment/version-1/tags/data"), Read("models/sentiment/version-1/tags/finetune.digest"), Read("models/sentiment/version-1/tags/finetune.version")));
        Assert.Contains("description: \"Moods.\"\n", Read("models/sentiment/meta.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_history_gives_the_same_files()
    {
        _store.Append([Make.Start("a"), Make.Metrics("a", ("m", 1, 1)), Make.Start("b")]);
        FileStoreExport.Write(_store, Registry, _folder.File("one"), cancellation: TestContext.Current.CancellationToken);
        FileStoreExport.Write(_store, Registry, _folder.File("two"), cancellation: TestContext.Current.CancellationToken);
        string Files(string name) =>
            string.Join('\n', Directory.GetFiles(_folder.File(name), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => Path.GetRelativePath(_folder.File(name), file)));
        Assert.Equal(Files("one"), Files("two"));
    }

    [Fact]
    public void A_folder_with_something_in_it_is_left_alone()
    {
        Directory.CreateDirectory(_folder.File("out"));
        File.WriteAllText(_folder.File("out/mine"), "");
        Assert.Contains("is not empty", Assert.Throws<TrackingException>(Export).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_says_so()
    {
        File.WriteAllText(_folder.File("out"), "");
        Assert.Contains("cannot be written", Assert.Throws<TrackingException>(Export).Message, StringComparison.Ordinal);
    }

    private ModelRegistry Registry => new(_folder.File("registry.jsonl"));

    private ExportSummary Export() => FileStoreExport.Write(_store, Registry, _folder.File("out"));

    private string Read(string name) => File.ReadAllText(_folder.File($"out/{name}"));
}

using System.Globalization;
using System.Text;
using FineTuneWorkflows.Tracking.Events;
using FineTuneWorkflows.Tracking.Outbox;
using FineTuneWorkflows.Tracking.Registry;
using FineTuneWorkflows.Tracking.Runs;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Tracking.Export;

/// <summary>
/// Writes the history of a store as MLflow's file store (<c>mlruns</c>), which <c>mlflow migrate-filestore --source DIR --target sqlite:///x.db</c>
/// reads. Runs keep the tag by which a shipper finds them, so that delivering to a server with the migrated data makes none of them twice.
/// </summary>
public static class FileStoreExport
{
    /// <summary>Writes all runs and registered models.</summary>
    /// <param name="store">The store; it must stay open.</param>
    /// <param name="registry">The registered models.</param>
    /// <param name="folder">Where to write; it must not exist or be empty.</param>
    /// <param name="defaultExperiment">The experiment of runs that name none.</param>
    /// <param name="cancellation">Ends the export; what was written stays.</param>
    /// <exception cref="TrackingException">The folder is not empty or cannot be written, or the store cannot be read.</exception>
    public static ExportSummary Write(
        TrackingStore store, ModelRegistry registry, string folder, string defaultExperiment = "Default", CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var root = Path.GetFullPath(folder);
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
            throw new TrackingException($"{root} is not empty. Name a folder that is, or one that does not exist yet.");
        try
        {
            return new Writer(store, registry, root, defaultExperiment).Write(cancellation);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException($"{root} cannot be written: {fault.Message}", fault);
        }
    }

    private sealed class Writer(TrackingStore store, ModelRegistry registry, string root, string defaultExperiment)
    {
        private readonly RunIndex _index = new(store);
        private readonly Dictionary<string, string> _experiments = new(StringComparer.Ordinal);
        private readonly List<string> _missing = [];
        private readonly Dictionary<(string Name, string Digest), ModelRegistered> _registered = new RunIndex(store).Registered();
        private long _metrics;
        private int _files;

        public ExportSummary Write(CancellationToken cancellation)
        {
            // Oldest first, so that a parent has its folder before its children name it.
            var runs = _index.List(new RunQuery { Limit = int.MaxValue }).Reverse().ToList();
            Experiments(runs);
            foreach (var run in runs)
            {
                cancellation.ThrowIfCancellationRequested();
                Run(_index.Show(run.RunId));
            }

            var versions = registry.List();
            foreach (var model in versions.GroupBy(version => version.Name)) Registered(model.Key, [.. model]);
            return new ExportSummary(_experiments.Count, runs.Count, _metrics, _files, versions.Count, _missing);
        }

        private void Experiments(List<RunSummary> runs)
        {
            // Every file store has the experiment 0, Default.
            var byName = runs.ToLookup(run => run.Experiment ?? defaultExperiment, StringComparer.Ordinal);
            foreach (var name in byName.Select(group => group.Key).Where(name => name != "Default").Order(StringComparer.Ordinal).Prepend("Default"))
            {
                var id = _experiments.Count.ToString(CultureInfo.InvariantCulture);
                _experiments[name] = id;
                var times = byName[name].Select(run => run.Started.ToUnixTimeMilliseconds()).DefaultIfEmpty().ToList();
                Yaml.Write(
                    Path.Combine(root, id, "meta.yaml"),
                    ("artifact_location", FileUri(Path.Combine(root, id))), ("creation_time", times.Min()), ("experiment_id", id),
                    ("last_update_time", times.Max()), ("lifecycle_stage", "active"), ("name", name));
            }
        }

        private void Run(RunDetails run)
        {
            var (experiment, id) = (_experiments[run.Run.Experiment ?? defaultExperiment], FileStoreIds.Run(run.Run.RunId));
            var folder = Path.Combine(root, experiment, id);
            Directory.CreateDirectory(Path.Combine(folder, "artifacts"));
            Yaml.Write(
                Path.Combine(folder, "meta.yaml"),
                ("artifact_uri", FileUri(Path.Combine(folder, "artifacts"))), ("end_time", run.Run.Ended?.ToUnixTimeMilliseconds()),
                ("entry_point_name", ""), ("experiment_id", experiment), ("lifecycle_stage", "active"), ("run_id", id), ("run_name", run.Run.Name),
                ("run_uuid", id), ("source_name", ""), ("source_type", 4), ("source_version", ""),
                ("start_time", run.Run.Started.ToUnixTimeMilliseconds()), ("status", (int)run.Run.Status),
                ("user_id", run.Tags.GetValueOrDefault("mlflow.user", "")));

            var tags = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["mlflow.runName"] = run.Run.Name, [ServerText.RunIdTag] = run.Run.RunId,
            };
            if (run.Run.ParentRunId is { } parent) tags["mlflow.parentRunId"] = FileStoreIds.Run(parent);
            foreach (var (key, value) in run.Tags) tags[key] = value;
            Pairs(folder, "params", "parameters", run.Parameters, Mlflow.MlflowLimits.ParameterValue);
            Pairs(folder, "tags", "tags", tags, Mlflow.MlflowLimits.TagValue);
            var files = KeyFiles(run.Metrics.Keys);
            foreach (var key in run.Metrics.Keys) Metrics(Path.Combine(folder, "metrics", files[key]), _index.History(run.Run.RunId, key));
            foreach (var dataset in run.Datasets) Dataset(experiment, folder, dataset);
            foreach (var artifact in run.Artifacts) Artifact(Path.Combine(folder, "artifacts"), artifact);
            foreach (var model in run.Models) Model(experiment, folder, id, model);
        }

        private static void Pairs(string folder, string name, string kind, IReadOnlyDictionary<string, string> pairs, int limit)
        {
            var files = KeyFiles(pairs.Keys);
            foreach (var (key, value) in pairs)
            {
                var cut = ServerText.CutArtifact(kind, key);
                Text(Path.Combine(folder, name, files[key]), ServerText.Cut(value, limit, cut));
                if (value.Length > limit) Text(Path.Combine(folder, "artifacts", cut), value);
            }
        }

        private void Metrics(string path, IReadOnlyList<MetricPoint> points)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = new StreamWriter(path);
            // The database that this is migrated to takes each value once, and the infinities as the largest numbers.
            var seen = new HashSet<(long, long, double)>();
            foreach (var point in points)
            {
                var (time, value) = (Math.Max(0, point.Time.ToUnixTimeMilliseconds()), Math.Clamp(point.Value, double.MinValue, double.MaxValue));
                if (!seen.Add((time, point.Step, value))) continue;
                _metrics++;
                var number = double.IsNaN(value) ? "nan" : value.ToString("R", CultureInfo.InvariantCulture);
                file.Write(string.Create(CultureInfo.InvariantCulture, $"{time} {number} {point.Step}\n"));
            }
        }

        private void Dataset(string experiment, string runFolder, DatasetUsed dataset)
        {
            var input = EventDelivery.Input(dataset);
            var id = FileStoreIds.Of(input.Dataset.Name, input.Dataset.Digest);
            Yaml.Write(
                Path.Combine(root, experiment, "datasets", id, "meta.yaml"),
                ("digest", input.Dataset.Digest), ("name", input.Dataset.Name), ("profile", input.Dataset.Profile),
                ("schema", input.Dataset.Schema), ("source", input.Dataset.Source), ("source_type", input.Dataset.SourceType));
            Yaml.Write(
                Path.Combine(runFolder, "inputs", FileStoreIds.Of(id, dataset.Context), "meta.yaml"),
                ("destination_id", Path.GetFileName(runFolder)), ("destination_type", "RUN"), ("source_id", id), ("source_type", "DATASET"),
                ("tags", input.Tags!.ToDictionary(tag => tag.Key, tag => tag.Value)));
        }

        private void Artifact(string folder, ArtifactProduced artifact)
        {
            var path = artifact.Path.Length > 0 || Directory.Exists(artifact.LocalPath) ? artifact.Path : Path.GetFileName(artifact.LocalPath);
            Copy(artifact.LocalPath, path.Length == 0 ? folder : Path.Combine(folder, Mlflow.Transport.ArtifactAddress.Check(path)));
        }

        private void Model(string experiment, string runFolder, string runId, ModelLogged model)
        {
            var id = FileStoreIds.Model(model.RunId, model.Digest);
            var folder = Path.Combine(root, experiment, "models", id);
            var time = model.Time.ToUnixTimeMilliseconds();
            Yaml.Write(
                Path.Combine(folder, "meta.yaml"),
                ("artifact_location", FileUri(Path.Combine(folder, "artifacts"))), ("creation_timestamp", time), ("experiment_id", experiment),
                ("last_updated_timestamp", time), ("lifecycle_stage", "active"), ("model_id", id), ("model_type", ""), ("name", model.Name),
                ("source_run_id", runId), ("status", 2), ("status_message", null));
            Text(Path.Combine(folder, "tags", ServerText.DigestTag), model.Digest);
            foreach (var (key, value) in model.Parameters ?? []) Text(Path.Combine(folder, "params", ServerText.Key(key)), value);
            foreach (var (key, value) in model.Metrics ?? new Dictionary<string, double>())
            {
                if (!double.IsFinite(value)) continue;
                var line = string.Create(CultureInfo.InvariantCulture, $"{time} {value:R} {model.Step} {runId}\n");
                Text(Path.Combine(folder, "metrics", ServerText.Key(key)), line);
            }

            Copy(model.LocalPath, Path.Combine(folder, "artifacts"));
            Yaml.Write(
                Path.Combine(runFolder, "outputs", id, "meta.yaml"),
                ("destination_id", id), ("destination_type", "MODEL_OUTPUT"), ("source_id", runId), ("source_type", "RUN_OUTPUT"),
                ("step", model.Step), ("tags", new Dictionary<string, string>()));
        }

        private void Registered(string name, List<ModelVersion> versions)
        {
            var folder = Path.Combine(root, "models", name);
            Yaml.Write(
                Path.Combine(folder, "meta.yaml"),
                ("creation_timestamp", versions.Min(version => version.Created.ToUnixTimeMilliseconds())), ("description", versions.Select(version => _registered.GetValueOrDefault((name, version.Digest))?.About).FirstOrDefault(about => about is not null)),
                ("last_updated_timestamp", versions.Max(version => version.Created.ToUnixTimeMilliseconds())), ("name", name));
            foreach (var version in versions)
            {
                var number = version.Version.ToString(CultureInfo.InvariantCulture);
                var (path, time) = (Path.Combine(folder, $"version-{number}"), version.Created.ToUnixTimeMilliseconds());
                Yaml.Write(
                    Path.Combine(path, "meta.yaml"),
                    ("creation_timestamp", time), ("current_stage", "None"), ("description", version.Description),
                    ("last_updated_timestamp", time), ("name", name), ("run_id", FileStoreIds.Run(version.RunId)), ("run_link", ""),
                    ("source", $"models:/{FileStoreIds.Model(version.RunId, version.Digest)}"), ("status", "READY"), ("status_message", null),
                    ("user_id", null), ("version", number));
                var tags = new SortedDictionary<string, string>(StringComparer.Ordinal) { [ServerText.DigestTag] = version.Digest, [ServerText.VersionTag] = number };
                foreach (var (key, value) in _registered.GetValueOrDefault((name, version.Digest))?.Tags ?? []) tags[key] = value;
                Pairs(path, "tags", "tags", tags, Mlflow.MlflowLimits.TagValue);
                foreach (var alias in version.Aliases) Text(Path.Combine(folder, "aliases", alias), number);
            }
        }

        private void Copy(string from, string to)
        {
            if (File.Exists(from))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(from, to, overwrite: true);
                _files++;
            }
            else if (Directory.Exists(from))
            {
                Directory.CreateDirectory(to);
                foreach (var entry in Directory.EnumerateFileSystemEntries(from).Order(StringComparer.Ordinal))
                    Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
            }
            else
            {
                _missing.Add(from);
            }
        }

        /// <summary>A file for each key. Keys are paths: <c>train</c> cannot stand beside <c>train/loss</c> and is told apart by a hash.</summary>
        private static Dictionary<string, string> KeyFiles(IEnumerable<string> keys)
        {
            var files = keys.ToDictionary(key => key, ServerText.Key, StringComparer.Ordinal);
            var folders = files.Values.SelectMany(Folders).ToHashSet(StringComparer.Ordinal);
            foreach (var (key, file) in files.ToList())
                if (folders.Contains(file)) files[key] = $"{file}_{FileStoreIds.Of(key)[..8]}";
            return files;
        }

        private static IEnumerable<string> Folders(string file)
        {
            for (var slash = file.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = file.IndexOf('/', slash + 1)) yield return file[..slash];
        }

        private static void Text(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }

        private static string FileUri(string path) => new Uri(path).AbsoluteUri;
    }
}

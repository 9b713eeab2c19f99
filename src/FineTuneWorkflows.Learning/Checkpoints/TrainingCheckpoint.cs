using System.Globalization;
using System.Text.Json;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Files;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>
/// One checkpoint: a folder <c>step-00000123</c> with <c>model.safetensors</c>, <c>optimizer.safetensors</c> and <c>state.json</c>, which holds the
/// digests of the other two. The folder appears whole or not at all.
/// </summary>
public sealed class TrainingCheckpoint
{
    internal const string ModelFile = "model.safetensors", OptimizerFile = "optimizer.safetensors", StateFile = "state.json";

    /// <summary>The version of the layout that is written, and the only one that is read.</summary>
    internal const int CurrentFormat = 3;

    // Before the name of a checkpoint that one of the same step is about to replace, and of one that is being written.
    internal const string ReplacedPrefix = ".old-", TemporaryPrefix = ".tmp-";


    private TrainingCheckpoint(string folder, TrainingState state)
    {
        (Folder, State) = (folder, state);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Where the training stood.</summary>
    public TrainingState State { get; }

    /// <summary>The file with the weights.</summary>
    public string ModelPath => Path.Combine(Folder, ModelFile);

    /// <summary>The file with the optimizer's moments.</summary>
    public string OptimizerPath => Path.Combine(Folder, OptimizerFile);

    /// <summary>The folder's name for a step.</summary>
    public static string NameOf(long step) => string.Create(CultureInfo.InvariantCulture, $"step-{step:D8}");

    /// <summary>Writes a checkpoint below <paramref name="root"/>, in place of an older one of the same step.</summary>
    /// <exception cref="CheckpointException">It cannot be written, as on a full disk.</exception>
    internal static TrainingCheckpoint Write(
        string root, TrainingState state, IEnumerable<KeyValuePair<string, torch.Tensor>> model,
        IEnumerable<KeyValuePair<string, torch.Tensor>> optimizer)
    {
        string folder = Path.Combine(root, NameOf(state.Step));
        string temporary = Path.Combine(root, $"{TemporaryPrefix}{NameOf(state.Step)}-{Guid.NewGuid():N}");
        try
        {
            try
            {
                Directory.CreateDirectory(temporary);
                var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
                {
                    [ModelFile] = SafetensorsWriter.Write(Path.Combine(temporary, ModelFile), model),
                    [OptimizerFile] = SafetensorsWriter.Write(Path.Combine(temporary, OptimizerFile), optimizer),
                };
                var manifest = new CheckpointManifest(CurrentFormat, state, files, Digest(state));
                byte[] json = JsonSerializer.SerializeToUtf8Bytes(manifest, CheckpointJsonContext.Default.CheckpointManifest);
                DurableFile.Write(Path.Combine(temporary, StateFile), json);
                string? replaced = null;
                if (Directory.Exists(folder))
                    Directory.Move(folder, replaced = Path.Combine(root, $"{ReplacedPrefix}{NameOf(state.Step)}-{Guid.NewGuid():N}"));
                Directory.Move(temporary, folder);
                DurableFile.FlushFolder(root);
                if (replaced is not null)
                    Directory.Delete(replaced, recursive: true);
                return new TrainingCheckpoint(folder, state);
            }
            finally
            {
                if (Directory.Exists(temporary))
                    Directory.Delete(temporary, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"Checkpoint {folder} cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a checkpoint and checks all its bytes against the digests.</summary>
    /// <exception cref="CheckpointException">A file is missing, cut short or changed.</exception>
    public static TrainingCheckpoint Read(string folder)
    {
        CheckpointManifest manifest = ReadManifest(folder);
        try
        {
            foreach (string file in new[] { ModelFile, OptimizerFile })
            {
                string digest = ContentDigest.OfFile(Path.Combine(folder, file));
                if (!manifest.Files.TryGetValue(file, out string? expected) || digest != expected)
                    throw new CheckpointException($"{Path.Combine(folder, file)} is damaged: its SHA-256 is {digest}, but {expected ?? "none"} was "
                        + "written.");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"Checkpoint {folder} cannot be read: {exception.Message}", exception);
        }
        return new TrainingCheckpoint(folder, manifest.State);
    }

    /// <summary>Reads where a training stood, without a look at the weights.</summary>
    /// <exception cref="CheckpointException">The file is missing, cut short or changed.</exception>
    internal static TrainingState ReadState(string folder) => ReadManifest(folder).State;

    private static CheckpointManifest ReadManifest(string folder)
    {
        string path = Path.Combine(folder, StateFile);
        try
        {
            CheckpointManifest manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), CheckpointJsonContext.Default.CheckpointManifest)
                ?? throw new CheckpointException($"{path} holds null.");
            if (manifest.Format != CurrentFormat)
                throw new CheckpointException($"{path} has format {manifest.Format}; this program reads format {CurrentFormat}.");
            if (manifest.StateDigest != Digest(manifest.State))
                throw new CheckpointException($"{path} was changed or damaged: its state does not match its digest.");
            return manifest;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"Checkpoint {folder} cannot be read: {exception.Message}", exception);
        }
    }

    private static string Digest(TrainingState state) =>
        ContentDigest.Of(JsonSerializer.SerializeToUtf8Bytes(state, CheckpointJsonContext.Default.TrainingState));
}

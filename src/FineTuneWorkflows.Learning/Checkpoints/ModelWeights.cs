using TorchSharp;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>
/// The weights of a model folder: one <c>model.safetensors</c>, or several shards named by <c>model.safetensors.index.json</c>. All headers are checked
/// on opening; tensors are copied only when asked for.
/// </summary>
public sealed class ModelWeights : IDisposable
{
    /// <summary>The file of weights that are in one piece.</summary>
    public const string SingleFile = "model.safetensors";

    /// <summary>The file that says which shard has which weight.</summary>
    public const string IndexFile = "model.safetensors.index.json";

    private readonly Dictionary<string, SafetensorsReader> _readers;
    private readonly SafetensorsReader[] _files;

    private ModelWeights(string path, SafetensorsReader[] files, Dictionary<string, SafetensorsReader> readers)
    {
        (Path, _files, _readers) = (path, files, readers);
        Entries = readers.ToDictionary(pair => pair.Key, pair => pair.Value.Entries[pair.Key], StringComparer.Ordinal);
    }

    /// <summary>The file, or the index of the shards.</summary>
    public string Path { get; }

    /// <summary>The tensors of all files by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; }

    /// <summary>Opens a model folder's weights.</summary>
    /// <exception cref="CheckpointException">There are none, they are a pickle only, a shard or a weight of the index is missing, or a file breaks a
    /// rule of the format; the message names file and tensor.</exception>
    public static ModelWeights Open(string folder)
    {
        string single = System.IO.Path.Combine(folder, SingleFile), index = System.IO.Path.Combine(folder, IndexFile);
        if (File.Exists(single))
            return OpenFile(single);
        if (File.Exists(index))
            return OpenShards(folder, index);
        foreach (string pickle in new[] { "pytorch_model.bin", "pytorch_model.bin.index.json" })
        {
            if (File.Exists(System.IO.Path.Combine(folder, pickle)))
                throw new CheckpointException($"{folder} has its weights as a pickle only ({pickle}), which can run code when it is read, so it is never "
                    + $"opened. Convert it where it came from: {SafetensorsReader.PickleAdvice}");
        }
        throw new CheckpointException($"{single} does not exist. A model folder holds config.json and {SingleFile}, or {IndexFile} and its shards.");
    }

    /// <summary>Opens one file of weights.</summary>
    /// <exception cref="CheckpointException">The file is missing or breaks a rule of the format.</exception>
    public static ModelWeights OpenFile(string path)
    {
        SafetensorsReader reader = SafetensorsReader.Open(path);
        return new ModelWeights(path, [reader], reader.Entries.Keys.ToDictionary(name => name, _ => reader, StringComparer.Ordinal));
    }

    /// <summary>The file that a tensor lies in.</summary>
    public string FileOf(string name) => _readers.TryGetValue(name, out SafetensorsReader? reader) ? reader.Path : Path;

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (SafetensorsReader file in _files)
            file.Dispose();
    }

    /// <summary>Copies a tensor's values, which must be finite, converting type and device.</summary>
    internal void ReadInto(string name, torch.Tensor target) => _readers[name].ReadInto(name, target, requireFinite: true);

    private static ModelWeights OpenShards(string folder, string index)
    {
        IReadOnlyDictionary<string, string> map = ShardIndex.Read(index);
        var files = new SortedDictionary<string, SafetensorsReader>(StringComparer.Ordinal);
        try
        {
            foreach (string shard in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                string path = System.IO.Path.Combine(folder, shard);
                if (!File.Exists(path))
                    throw new CheckpointException($"{path} does not exist, but {index} says that it has {map.Values.Count(s => s == shard)} of the "
                        + $"weights, '{map.Where(pair => pair.Value == shard).Select(pair => pair.Key).Min(StringComparer.Ordinal)}' among them. Get the "
                        + "missing shard.");
                files[shard] = SafetensorsReader.Open(path);
            }
            foreach ((string name, string shard) in map)
            {
                if (!files[shard].Entries.ContainsKey(name))
                    throw new CheckpointException($"{files[shard].Path} has no tensor '{name}', but {index} says so.");
            }
            var readers = new Dictionary<string, SafetensorsReader>(StringComparer.Ordinal);
            foreach ((string shard, SafetensorsReader file) in files)
            {
                foreach (string name in file.Entries.Keys)
                {
                    if (!readers.TryAdd(name, file))
                        throw new CheckpointException($"{index}: tensor '{name}' is in two shards, {System.IO.Path.GetFileName(readers[name].Path)} and "
                            + $"{shard}.");
                }
            }
            return new ModelWeights(index, [.. files.Values], readers);
        }
        catch
        {
            foreach (SafetensorsReader file in files.Values)
                file.Dispose();
            throw;
        }
    }
}

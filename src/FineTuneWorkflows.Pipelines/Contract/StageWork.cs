namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>One stage's resolved inputs and its place to write. Internal half of <see cref="StageContext"/>.</summary>
internal sealed class StageWork(
    string stageId,
    string fingerprint,
    string folder,
    IReadOnlyDictionary<string, Artifact> inputs,
    IReadOnlyDictionary<string, IReadOnlyList<InputFile>> files,
    IReadOnlyDictionary<string, string> pinned,
    IReadOnlyList<string> produces)
{
    private readonly HashSet<string> opened = new(StringComparer.Ordinal);

    public string StageId => stageId;

    public string Fingerprint => fingerprint;

    public string Folder => folder;

    public IReadOnlyDictionary<string, Artifact> Inputs => inputs;

    public IReadOnlyDictionary<string, IReadOnlyList<InputFile>> Files => files;

    public IReadOnlyDictionary<string, string> Pinned => pinned;

    public string OutputPath(string name) => Path.Combine(folder, "out." + name);

    public string Output(string name)
    {
        if (!produces.Contains(name))
            throw new InvalidOperationException($"Stage {stageId} does not declare that it produces '{name}'.");
        var path = OutputPath(name);
        lock (opened)
        {
            if (!opened.Add(name))
                return path;
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            Directory.CreateDirectory(path);
            return path;
        }
    }
}

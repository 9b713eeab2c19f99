using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Tests.Python;

namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>Has the Python at hand write all models and adapters, once, when they are first asked for.</summary>
public sealed class LiveReference : IDisposable
{
    private const string Seed = "2";
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _root;

    public LiveReference() => _root = new Lazy<string>(() =>
    {
        ReferencePython.Run(ReferenceFiles.Script("write_models.py"), _folder.Path, Seed);
        ReferencePython.Run(ReferenceFiles.Script("write_adapters.py"), _folder.Path, Seed);
        return _folder.Path;
    });

    /// <summary>The folder with <c>models</c> and <c>adapters</c>.</summary>
    public string Root => _root.Value;

    /// <summary>What wrote.</summary>
    internal TransformersVersion Version => TransformersVersion.Of(Path.Combine(Root, "models"));

    public void Dispose() => _folder.Dispose();
}

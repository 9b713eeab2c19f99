namespace FineTuneWorkflows.Benchmarks.Harness;

/// <summary>A folder below the system's temporary one (<c>TMPDIR</c>), removed afterwards.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("finetune-benchmark-").FullName;

    public string Under(params ReadOnlySpan<string> names) => Path.Combine([Root, .. names]);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>Tells the progress of one file after another as that of all together.</summary>
/// <param name="progress">Who is told.</param>
/// <param name="phase">What is being done.</param>
/// <param name="total">The bytes of all files; null where they are not known.</param>
internal sealed class HubProgress(IProgress<TextProgress> progress, string phase, long? total) : IProgress<TextProgress>
{
    private long _before;
    private long _ofThis;

    public void Report(TextProgress value)
    {
        _ofThis = value.Done;
        progress.Report(value with { Phase = phase, Done = _before + _ofThis, Total = total });
    }

    /// <summary>A file is there, whether it was downloaded or not.</summary>
    public void Finished(long length)
    {
        _before += length;
        _ofThis = 0;
    }

    /// <summary>Says that another process is downloading the file, which is waited for.</summary>
    public void Wait() => progress.Report(new TextProgress("another process is downloading the same; waiting for it", _before + _ofThis, total, "bytes"));
}

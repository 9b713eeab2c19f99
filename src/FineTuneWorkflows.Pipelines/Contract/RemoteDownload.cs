using System.Globalization;

namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>What a run would have to bring from another machine.</summary>
/// <param name="Pinned">The name of what is missing, as <see cref="IRemoteInput.PinAsync"/> gave it.</param>
/// <param name="Bytes">How much it is; null where that is not known.</param>
public sealed record RemoteDownload(string Pinned, long? Bytes)
{
    /// <summary>Such as <c>hf://owner/name@commit, 440.5 MB</c>.</summary>
    public override string ToString() => Bytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{Pinned}, {bytes / 1e6:#,0.0} MB") : Pinned;
}

using System.Text.Json;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Pipelines.Cache;

/// <summary>The run cache: <c>stages/&lt;fingerprint&gt;.json</c>.</summary>
public sealed class StageRecordStore
{
    private readonly Home home;

    /// <summary>Opens the run cache of a home.</summary>
    public StageRecordStore(Home home) => this.home = home;

    /// <summary>The record of a fingerprint; null where there is none or it is damaged, which costs a repetition and nothing else.</summary>
    public StageRecord? Find(string fingerprint)
    {
        var path = PathOf(fingerprint);
        if (!File.Exists(path))
            return null;
        try
        {
            var record = JsonSerializer.Deserialize(File.ReadAllBytes(path), CacheJson.Default.StageRecord);
            return record is not null && !record.Datasets.Contains(null!) && record.Fingerprint == fingerprint && record.Document.Fingerprint() == fingerprint ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>All records that can be read.</summary>
    public IEnumerable<StageRecord> All() => !Directory.Exists(home.Stages) ? [] :
        Directory.EnumerateFiles(home.Stages, "*.json").Order(StringComparer.Ordinal).Select(path => Find(Path.GetFileNameWithoutExtension(path))).OfType<StageRecord>();

    internal void Save(StageRecord record) =>
        DurableFile.Write(PathOf(record.Fingerprint), JsonSerializer.SerializeToUtf8Bytes(record, CacheJson.Default.StageRecord));

    internal void Delete(string fingerprint) => File.Delete(PathOf(fingerprint));

    private string PathOf(string fingerprint) => Path.Combine(home.Stages, fingerprint + ".json");
}

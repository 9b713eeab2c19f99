using System.Text.Json;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Pipelines.Cache;

/// <summary>The memories of a home's pipelines: <c>pipelines/&lt;definition&gt;.json</c>.</summary>
internal sealed class PipelineMemoryStore(Home home)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, PipelineMemory> loaded = new(StringComparer.Ordinal);

    public PipelineMemory Load(string pipelineId)
    {
        lock (gate)
        {
            if (!loaded.TryGetValue(pipelineId, out var memory))
                loaded[pipelineId] = memory = Read(pipelineId);
            return memory;
        }
    }

    /// <param name="pipelineId">The pipeline.</param>
    /// <param name="change">Gives the new memory.</param>
    /// <param name="later">Whether the next update will write this one, too. Each write makes a new file and deletes the old one.</param>
    public void Update(string pipelineId, Func<PipelineMemory, PipelineMemory> change, bool later = false)
    {
        lock (gate)
        {
            var memory = change(Load(pipelineId));
            loaded[pipelineId] = memory;
            if (!later)
                DurableFile.Write(PathOf(pipelineId), JsonSerializer.SerializeToUtf8Bytes(memory, CacheJson.Default.PipelineMemory), flush: false);
        }
    }

    private PipelineMemory Read(string pipelineId)
    {
        var path = PathOf(pipelineId);
        if (File.Exists(path))
        {
            try
            {
                return JsonSerializer.Deserialize(File.ReadAllBytes(path), CacheJson.Default.PipelineMemory) is { } memory && !memory.Stages.ContainsValue(null!) ? memory : New();
            }
            catch (JsonException)
            {
                // Only reasons are lost with it; the next update writes it anew.
            }
        }

        return New();
    }

    private static PipelineMemory New() => new() { Finished = true, Stages = [] };

    // Ids come from files and servers and may hold anything.
    private string PathOf(string pipelineId)
    {
        var safe = string.Concat(pipelineId.Where(char.IsAsciiLetterOrDigit).Take(40));
        var hash = ContentDigest.Of(pipelineId)[..8];
        return Path.Combine(home.Pipelines, $"{safe}-{hash}.json");
    }
}

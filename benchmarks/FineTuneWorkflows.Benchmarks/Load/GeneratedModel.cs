using System.Text.Json;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using TorchSharp;

namespace FineTuneWorkflows.Benchmarks.Load;

/// <summary>Models with random weights, written as folders.</summary>
internal static class GeneratedModel
{
    /// <summary>A classifier of BERT-base's sizes, 438 MB in 32 bits.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="half">Whether its weights have 16 bits (bfloat16).</param>
    /// <param name="shards">In how many files.</param>
    public static void Write(string folder, bool half, int shards)
    {
        using var model = LanguageModel.Create(ModelPresets.Get("base"), ModelTask.SequenceClassification, ["no", "yes"], seed: 1);
        model.Save(folder);
        if (!half && shards == 1)
            return;
        File.Delete(Path.Combine(folder, ModelWeights.SingleFile));
        using var scope = torch.NewDisposeScope();
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // Runs of equal size, as transformers divides them.
        long total = model.ParameterCount, before = 0;
        foreach (var shard in model.Parameters.GroupBy(p =>
        {
            var number = (int)(before * shards / total);
            before += p.Value.NumberOfElements;
            return number;
        }).ToList())
        {
            var name = shards == 1 ? ModelWeights.SingleFile : FormattableString.Invariant($"model-{shard.Key + 1:00000}-of-{shards:00000}.safetensors");
            SafetensorsWriter.Write(Path.Combine(folder, name), shard.Select(p => KeyValuePair.Create(p.Name, half ? p.Value.detach().to(torch.bfloat16) : p.Value)));
            foreach (var parameter in shard)
                map[parameter.Name] = name;
        }

        if (shards > 1)
            File.WriteAllText(Path.Combine(folder, ModelWeights.IndexFile), JsonSerializer.Serialize(new { weight_map = map }));
    }

    /// <summary>A model so small that only the first use of the code counts.</summary>
    public static void Small(string folder)
    {
        using var model = LanguageModel.Create(ModelPresets.Get("tiny", 100), ModelTask.SequenceClassification, ["no", "yes"], seed: 1);
        model.Save(folder);
    }
}

using System.Text.Json;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>Chooses the files of a model that are needed: configuration, weights as safetensors, the tokenizer, the model card, which names the licence.</summary>
internal static class HubFiles
{
    public const string Index = "model.safetensors.index.json";

    /// <summary>The model card. A larger one than this is left where it is: nothing but its first lines is read.</summary>
    public const string Card = "README.md";

    public const long LongestCard = 1 << 20;

    private const string Weights = "model.safetensors", Config = "config.json", Generation = "generation_config.json";
    private static readonly string[] Pickles = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];

    /// <summary>The files but for the shards that an index names.</summary>
    /// <exception cref="TextDataException">There is no configuration, or no weights that may be opened.</exception>
    public static IReadOnlyList<string> Choose(HubReference reference, HubModel model, HubSelection selection)
    {
        if (!model.Has(Config)) throw new TextDataException($"the repository has no {Config}, so it is no model in Hugging Face's layout", reference.ToString());
        var small = Tokenizer.FileNames.Where(model.Has).Prepend(Config);
        if (selection == HubSelection.Tokenizer) return [.. small];
        var weights = model.Has(Weights) ? Weights : model.Has(Index) ? Index : throw NoWeights(reference, model);
        string[] more = [.. model.Has(Generation) ? [Generation] : Array.Empty<string>(), .. model.Has(Card) && !(model.SizeOf(Card) > LongestCard) ? [Card] : Array.Empty<string>()];
        return [.. small, .. more, weights];
    }

    /// <summary>The files to bring, before the index was read: of shards all are taken that are named as an index names them.</summary>
    public static IEnumerable<string> Expected(HubModel model, IReadOnlyList<string> chosen) => chosen.Contains(Index, StringComparer.Ordinal)
        ? chosen.Concat(model.Files.Select(f => f.Name).Where(f => f.StartsWith("model-", StringComparison.Ordinal) && IsShard(f)))
        : chosen;

    /// <summary>The shards that an index names.</summary>
    /// <exception cref="TextDataException">The index is damaged, or names a file that the repository lacks.</exception>
    public static IReadOnlyList<string> Shards(string indexFile, HubReference reference, HubModel model)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(indexFile));
            var shards = document.RootElement.GetProperty("weight_map").EnumerateObject().Select(p => p.Value.GetString() ?? "").Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal).ToList();
            var bad = shards.Find(s => !model.Has(s) || !IsShard(s));
            return bad is null ? shards : throw new TextDataException($"{Index} names '{bad}', which is no safetensors file of the repository", reference.ToString());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new TextDataException($"{Index} is damaged: it has no 'weight_map' that says which file holds which weight", reference.ToString(), inner: e);
        }
    }

    // A name with a folder in it could lead out of the snapshot.
    private static bool IsShard(string name) => name.EndsWith(".safetensors", StringComparison.Ordinal) && name.AsSpan().IndexOfAny('/', '\\', ':') < 0;

    private static TextDataException NoWeights(HubReference reference, HubModel model)
    {
        var pickle = model.Files.Select(f => f.Name).FirstOrDefault(f => Pickles.Any(p => f.EndsWith(p, StringComparison.OrdinalIgnoreCase)));
        return new TextDataException(
            pickle is null ? $"the repository has no weights: neither {Weights} nor {Index}"
            : $"the weights are a pickle only ({pickle}), which can run code when it is opened and is never read here; convert the model once, in Python "
                + $"AutoModel.from_pretrained(\"{reference.Repository}\").save_pretrained(folder, safe_serialization=True), and give the folder, or choose a "
                + "revision with safetensors, such as refs/pr/N of the hub's conversion", reference.ToString());
    }
}

using FineTuneWorkflows.Learning.Models.Configuration;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>
/// Sizes for training from scratch, after Turc et al. 2019, arXiv:1908.08962 (BERT miniatures), and bert-base and bert-large: encoders under the sizes' own
/// names, decoders of GPT-2's and Llama's kind with <c>gpt2-</c> and <c>llama-</c> before them.
/// </summary>
public static class ModelPresets
{
    private static readonly Dictionary<string, Size> Sizes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["tiny"] = new(2, 128),
        ["mini"] = new(4, 256),
        ["small"] = new(4, 512),
        ["medium"] = new(8, 512),
        ["base"] = new(12, 768),
        ["large"] = new(24, 1024),
    };

    private static readonly string[] Decoders = ["gpt2", "llama"];

    /// <summary>The presets' names, encoders first, each kind's smallest first.</summary>
    public static IReadOnlyList<string> Names => [.. Sizes.Keys, .. Decoders.SelectMany(family => Sizes.Keys.Select(size => $"{family}-{size}"))];

    /// <summary>Whether the name is a preset's; case does not matter.</summary>
    public static bool IsPreset(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The configuration of a preset; heads have 64 dimensions, the feed-forward layer is four times the width.</summary>
    /// <param name="name">One of <see cref="Names"/>; case does not matter.</param>
    /// <param name="vocabSize">Number of token ids.</param>
    /// <param name="width">Width of the hidden states; null takes the preset's.</param>
    /// <param name="layers">Number of layers; null takes the preset's.</param>
    /// <param name="heads">Number of attention heads; null takes one for each 64 of the width.</param>
    /// <param name="intermediate">Width of the feed-forward layers; null takes four times the width.</param>
    /// <exception cref="ModelException">There is no such preset.</exception>
    public static ModelConfig Get(string name, int vocabSize = 30522, int? width = null, int? layers = null, int? heads = null, int? intermediate = null)
    {
        if (!IsPreset(name))
            throw new ModelException($"'{name}' is no preset. Presets are {string.Join(", ", Names)}.");
        int dash = name.IndexOf('-', StringComparison.Ordinal);
        Size size = Sizes[name[(dash + 1)..]];
        int hidden = width ?? size.Width;
        return Start(dash < 0 ? null : name[..dash].ToLowerInvariant()) with
        {
            VocabSize = vocabSize,
            HiddenSize = hidden,
            LayerCount = layers ?? size.Layers,
            HeadCount = heads ?? Math.Max(1, hidden / 64),
            IntermediateSize = intermediate ?? 4 * hidden,
        };
    }

    // A decoder from scratch has no use for the ids that the published vocabularies begin and end texts with.
    private static ModelConfig Start(string? decoder) => decoder is null
        ? new EncoderConfig()
        : DecoderConfig.For(decoder) with { StartTokenId = null, EndTokenIds = [], TieWordEmbeddings = true };

    private sealed record Size(int Layers, int Width);
}

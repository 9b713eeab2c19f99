using FineTuneWorkflows.Learning.Models.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Benchmarks.TrainingParts;

/// <summary>
/// All linear layers of an encoder at once, forward and backward, over the mean batch with padding and without; and what it costs to spread a batch without padding out for attention and to take its result together again,
/// which attention one text after another would cost no less than.
/// </summary>
internal static class PackingParts
{
    public static void Measure(Dictionary<string, double> figures, EncoderConfig config, int places, int tokens)
    {
        figures["padded"] = config.LayerCount * Linear(config, places);
        figures["packed"] = config.LayerCount * Linear(config, tokens);
        figures["packing"] = config.LayerCount * Packing(config.HiddenSize, places, tokens);
    }

    private static double Linear(EncoderConfig config, int rows)
    {
        using var scope = NewDisposeScope();
        long width = config.HiddenSize, inner = config.IntermediateSize;
        Tensor up = Leaf(inner, width), down = Leaf(width, inner), projections = Leaf(3 * width, width), output = Leaf(width, width), input = Leaf(rows, width), wide = rand(rows, 3 * width), narrow = rand(rows, width);
        return Shortest.Milliseconds(() =>
        {
            nn.functional.linear(input, projections).backward([wide]);
            nn.functional.linear(input, output).backward([narrow]);
            nn.functional.linear(nn.functional.gelu(nn.functional.linear(input, up)), down).backward([narrow]);
        });
    }

    private static double Packing(long width, int places, int tokens)
    {
        using var scope = NewDisposeScope();
        Tensor spread = arange(places).remainder(tokens), together = arange(tokens);
        Tensor projections = Leaf(tokens, 3 * width), context = Leaf(places, width), wide = rand(places, 3 * width), narrow = rand(tokens, width);
        return Shortest.Milliseconds(() =>
        {
            projections.index_select(0, spread).backward([wide]);
            context.index_select(0, together).backward([narrow]);
        });
    }

    private static Tensor Leaf(long rows, long columns) => rand(rows, columns).requires_grad_(true);
}

using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Support;

/// <summary>Token sequences whose class shows in which tokens they hold.</summary>
internal sealed class ToyData(int[][] tokens, int[] labels) : ISequenceDataset
{
    public int[][] Tokens => tokens;

    public int[] Labels => labels;

    public int Count => tokens.Length;

    public static EncoderConfig Config { get; } = new()
    {
        VocabSize = 60,
        HiddenSize = 16,
        LayerCount = 2,
        HeadCount = 2,
        IntermediateSize = 32,
        MaxPositions = 24,
    };

    public static ToyData Make(int count, int classes = 2, long seed = 1)
    {
        var random = new SplitMix64(DerivedSeed.For(seed, "toy"));
        int[][] tokens = new int[count][];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = random.NextBelow(classes);
            tokens[i] = new int[3 + random.NextBelow(12)];
            tokens[i][0] = 2;
            for (int k = 1; k < tokens[i].Length; k++)
                tokens[i][k] = random.NextBelow(3) == 0 ? 10 + (labels[i] * 5) + random.NextBelow(5) : 30 + random.NextBelow(30);
        }
        return new ToyData(tokens, labels);
    }

    public int Length(int index) => tokens[index].Length;

    public int Label(int index) => labels[index];

    public void CopyTokens(int index, Span<int> destination) => tokens[index].CopyTo(destination);
}

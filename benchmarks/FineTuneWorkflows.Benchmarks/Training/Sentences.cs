using System.Text.Json;
using FineTuneWorkflows.Benchmarks.Harness;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Benchmarks.Training;

/// <summary>The shipped sentiment sentences, tokenized.</summary>
internal sealed class Sentences(int[][] tokens, int[] labels) : ISequenceDataset
{
    /// <summary>Where longer ones are cut.</summary>
    public const int MaxLength = 128;

    public int Count => tokens.Length;

    /// <param name="vocabulary">A WordPiece vocabulary's file.</param>
    public static Sentences Read(string vocabulary)
    {
        var tokenizer = WordPieceTokenizer.Load(vocabulary);
        var examples = File.ReadLines(Repository.Sentences).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        return new(
            [.. examples.Select(e => tokenizer.Encode(e.GetProperty("text").GetString()!, MaxLength).Ids.ToArray())],
            [.. examples.Select(e => e.GetProperty("label").GetString() == "positive" ? 1 : 0)]);
    }

    public int Length(int index) => tokens[index].Length;

    public int Label(int index) => labels[index];

    public void CopyTokens(int index, Span<int> destination) => tokens[index].CopyTo(destination);
}

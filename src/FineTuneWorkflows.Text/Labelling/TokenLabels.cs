using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>Gives labels of words to the tokens of an encoded row.</summary>
public static class TokenLabels
{
    /// <summary>The label of a token that the loss and the metrics pass over, as in PyTorch's cross entropy.</summary>
    public const int Ignored = -100;

    /// <summary>Spreads words' labels over their tokens.</summary>
    /// <param name="row">The row, encoded by <see cref="Tokenizer.EncodeWords"/>.</param>
    /// <param name="labels">Each word's label number.</param>
    /// <param name="continuation">The label that a word's second and further tokens get when its first has a label; null, the default, leaves them
    /// out. For <c>B-</c> labels give the number of the <c>I-</c> label.</param>
    /// <returns>A label for each token; <see cref="Ignored"/> for special tokens and for tokens that are left out.</returns>
    /// <exception cref="ArgumentException">The row has a word without a label.</exception>
    public static int[] OfWords(EncodedText row, IReadOnlyList<int> labels, Func<int, int>? continuation = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(labels);
        var result = new int[row.Ids.Length];
        var before = -1;
        for (var i = 0; i < result.Length; i++)
        {
            var word = row.WordIds[i];
            if (word >= labels.Count) throw new ArgumentException($"The row has the word {word}, there are {labels.Count} labels.", nameof(labels));
            result[i] = word < 0 ? Ignored : word != before ? labels[word] : continuation?.Invoke(labels[word]) ?? Ignored;
            before = word;
        }
        return result;
    }
}

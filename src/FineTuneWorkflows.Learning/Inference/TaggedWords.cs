using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Inference;

/// <summary>
/// Brings predictions of tokens back to the words that are labelled: those tokens whose label counts. Where each sub-word of a word has a label, each counts as a word, and words that were
/// cut off are not among them: right for comparing epochs, not for telling how well entities are found.
/// </summary>
public static class TaggedWords
{
    /// <summary>The true and the predicted tags of each sequence's words.</summary>
    /// <param name="data">The sequences with their labels.</param>
    /// <param name="classes">A class for each token of each sequence.</param>
    /// <param name="labels">The classes' names.</param>
    public static (IReadOnlyList<IReadOnlyList<string>> Actual, IReadOnlyList<IReadOnlyList<string>> Predicted) Of(
        ISequenceDataset data, IReadOnlyList<TokenClass[]> classes, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(labels);
        var actual = new List<string>[data.Count];
        var predicted = new List<string>[data.Count];
        for (int i = 0; i < data.Count; i++)
        {
            int[] numbers = new int[data.Length(i)];
            data.CopyTokenLabels(i, numbers);
            (actual[i], predicted[i]) = ([], []);
            for (int t = 0; t < numbers.Length; t++)
            {
                if (numbers[t] < 0)
                    continue;
                actual[i].Add(labels[numbers[t]]);
                predicted[i].Add(labels[classes[i][t].Class]);
            }
        }
        return (actual, predicted);
    }
}

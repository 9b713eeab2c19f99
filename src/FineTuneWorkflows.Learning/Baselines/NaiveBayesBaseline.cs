using System.Text;
using FineTuneWorkflows.Learning.Metrics;

namespace FineTuneWorkflows.Learning.Baselines;

/// <summary>
/// Multinomial naive Bayes over lower-case words with add-one smoothing (Manning, Raghavan and Schütze 2008, "Introduction to Information Retrieval",
/// chapter 13). Words that training did not see are passed over.
/// </summary>
public sealed class NaiveBayesBaseline : ITextBaseline
{
    private readonly double[] _logPriors;
    private readonly Dictionary<string, double[]> _logLikelihoods;

    private NaiveBayesBaseline(double[] logPriors, Dictionary<string, double[]> logLikelihoods)
    {
        (_logPriors, _logLikelihoods) = (logPriors, logLikelihoods);
    }

    /// <inheritdoc/>
    public string Name => "Naive Bayes";

    /// <summary>Counts words by class.</summary>
    /// <param name="texts">The training texts.</param>
    /// <param name="labels">Their class numbers.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <exception cref="LearningException">There are no texts, or a label is out of range.</exception>
    public static NaiveBayesBaseline Train(IReadOnlyList<string> texts, IReadOnlyList<int> labels, int classCount)
    {
        BaselineData.Check(texts, labels, classCount);
        var counts = new Dictionary<string, int[]>(StringComparer.Ordinal);
        double[] documents = new double[classCount], words = new double[classCount];
        for (int i = 0; i < texts.Count; i++)
        {
            documents[labels[i]]++;
            foreach (string word in Words(texts[i]))
            {
                if (!counts.TryGetValue(word, out int[]? byClass))
                    counts.Add(word, byClass = new int[classCount]);
                byClass[labels[i]]++;
                words[labels[i]]++;
            }
        }
        // Classes count once more than they occur, so that one without texts is improbable rather than impossible.
        double[] priors = [.. documents.Select(count => Math.Log((count + 1) / (texts.Count + classCount)))];
        var likelihoods = new Dictionary<string, double[]>(counts.Count, StringComparer.Ordinal);
        foreach ((string word, int[] byClass) in counts)
            likelihoods.Add(word, [.. byClass.Select((count, c) => Math.Log((count + 1) / (words[c] + counts.Count)))]);
        return new NaiveBayesBaseline(priors, likelihoods);
    }

    /// <inheritdoc/>
    public ProbabilityTable Predict(IReadOnlyList<string> texts)
    {
        var table = new ProbabilityTable(texts.Count, _logPriors.Length);
        for (int i = 0; i < texts.Count; i++)
        {
            Span<double> row = table.Row(i);
            _logPriors.CopyTo(row);
            foreach (string word in Words(texts[i]))
            {
                if (!_logLikelihoods.TryGetValue(word, out double[]? byClass))
                    continue;
                for (int c = 0; c < row.Length; c++)
                    row[c] += byClass[c];
            }
            Normalize(row);
        }
        return table;
    }

    private static void Normalize(Span<double> logs)
    {
        double max = double.NegativeInfinity, sum = 0;
        foreach (double value in logs)
            max = Math.Max(max, value);
        for (int c = 0; c < logs.Length; c++)
            sum += logs[c] = Math.Exp(logs[c] - max);
        for (int c = 0; c < logs.Length; c++)
            logs[c] /= sum;
    }

    private static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c) || (c == '\'' && word.Length > 0))
            {
                word.Append(char.ToLowerInvariant(c));
            }
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }
        if (word.Length > 0)
            yield return word.ToString();
    }
}

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
    private readonly double[] _logWords;
    private readonly Dictionary<string, (int Class, double LogCount)[]> _logCounts;

    /// <param name="logPriors">The logarithm of each class's share.</param>
    /// <param name="logWords">The logarithm of each class's words, smoothed.</param>
    /// <param name="logCounts">Of each word the classes it was seen in; in any other its logarithm is 0, so that memory grows with the texts and not with the classes.</param>
    private NaiveBayesBaseline(double[] logPriors, double[] logWords, Dictionary<string, (int Class, double LogCount)[]> logCounts)
    {
        (_logPriors, _logWords, _logCounts) = (logPriors, logWords, logCounts);
    }

    /// <inheritdoc/>
    public string Name => "Naive Bayes";

    /// <summary>Counts words by class.</summary>
    /// <param name="texts">The training texts.</param>
    /// <param name="labels">Their class numbers.</param>
    /// <param name="classCount">The number of classes.</param>
    /// <param name="cancellation">Ends the work, at the next text.</param>
    /// <exception cref="LearningException">There are no texts, or a label is out of range.</exception>
    public static NaiveBayesBaseline Train(IReadOnlyList<string> texts, IReadOnlyList<int> labels, int classCount, CancellationToken cancellation = default)
    {
        BaselineData.Check(texts, labels, classCount);
        var counts = new Dictionary<string, Dictionary<int, int>>(StringComparer.Ordinal);
        double[] documents = new double[classCount], words = new double[classCount];
        for (int i = 0; i < texts.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            documents[labels[i]]++;
            foreach (string word in Words(texts[i]))
            {
                if (!counts.TryGetValue(word, out Dictionary<int, int>? byClass))
                    counts.Add(word, byClass = []);
                byClass[labels[i]] = byClass.GetValueOrDefault(labels[i]) + 1;
                words[labels[i]]++;
            }
        }
        // Classes count once more than they occur, so that one without texts is improbable rather than impossible.
        double[] priors = [.. documents.Select(count => Math.Log((count + 1) / (texts.Count + classCount)))];
        double[] logWords = [.. words.Select(count => Math.Log(count + counts.Count))];
        var logCounts = counts.ToDictionary(pair => pair.Key, pair => pair.Value.Select(c => (c.Key, Math.Log(c.Value + 1))).ToArray(), StringComparer.Ordinal);
        return new NaiveBayesBaseline(priors, logWords, logCounts);
    }

    /// <inheritdoc/>
    public ProbabilityTable Predict(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        var table = new ProbabilityTable(texts.Count, _logPriors.Length);
        for (int i = 0; i < texts.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<double> row = table.Row(i);
            _logPriors.CopyTo(row);
            int known = 0;
            foreach (string word in Words(texts[i]))
            {
                if (!_logCounts.TryGetValue(word, out (int Class, double LogCount)[]? byClass))
                    continue;
                known++;
                foreach ((int c, double logCount) in byClass)
                    row[c] += logCount;
            }
            for (int c = 0; c < row.Length; c++)
                row[c] -= known * _logWords[c];
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

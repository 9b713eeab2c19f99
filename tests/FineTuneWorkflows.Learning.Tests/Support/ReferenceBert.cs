using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;

namespace FineTuneWorkflows.Learning.Tests.Support;

/// <summary>BERT in plain double arithmetic, written from the paper's formulas without libtorch, to compare with.</summary>
internal sealed class ReferenceBert(EncoderConfig config, Dictionary<string, double[]> weights)
{
    public static ReferenceBert Of(LanguageModel model) => new((EncoderConfig)model.Config, model.Parameters.ToDictionary(
        p => p.Name, p => p.Value.detach().cpu().contiguous().data<float>().Select(x => (double)x).ToArray(), StringComparer.Ordinal));

    public Dictionary<string, double[]> Weights => weights;

    public double[][] Hidden(int[] tokens)
    {
        int width = config.HiddenSize;
        double[][] hidden = [.. tokens.Select((token, position) => Norm("bert.embeddings.LayerNorm", [.. Enumerable.Range(0, width).Select(i =>
            weights["bert.embeddings.word_embeddings.weight"][(token * width) + i]
            + weights["bert.embeddings.position_embeddings.weight"][(position * width) + i]
            + weights["bert.embeddings.token_type_embeddings.weight"][i])]))];
        for (int layer = 0; layer < config.LayerCount; layer++)
            hidden = Layer($"bert.encoder.layer.{layer}.", hidden);
        return hidden;
    }

    public double[] Pooled(double[][] hidden) => [.. Linear("bert.pooler.dense", hidden[0]).Select(Math.Tanh)];

    public double[] Logits(double[] pooled) => Linear("classifier", pooled);

    public double Loss(int[][] sequences, int[] labels, double smoothing = 0)
    {
        double sum = 0;
        for (int i = 0; i < sequences.Length; i++)
        {
            double[] logits = Logits(Pooled(Hidden(sequences[i])));
            double max = logits.Max(), logSum = max + Math.Log(logits.Sum(x => Math.Exp(x - max)));
            sum += ((1 - smoothing) * (logSum - logits[labels[i]])) + (smoothing * logits.Average(x => logSum - x));
        }
        return sum / sequences.Length;
    }

    private double[][] Layer(string name, double[][] input)
    {
        int heads = config.HeadCount, size = config.HiddenSize / heads, tokens = input.Length;
        double[][] q = [.. input.Select(x => Linear(name + "attention.self.query", x))];
        double[][] k = [.. input.Select(x => Linear(name + "attention.self.key", x))];
        double[][] v = [.. input.Select(x => Linear(name + "attention.self.value", x))];
        double[][] context = [.. input.Select(_ => new double[config.HiddenSize])];
        for (int h = 0; h < heads; h++)
        {
            for (int t = 0; t < tokens; t++)
            {
                double[] scores = [.. Enumerable.Range(0, tokens).Select(s => Enumerable.Range(h * size, size).Sum(i =>
                    q[t][i] * k[s][i]) / Math.Sqrt(size))];
                double max = scores.Max(), total = scores.Sum(x => Math.Exp(x - max));
                for (int i = h * size; i < (h + 1) * size; i++)
                    context[t][i] = Enumerable.Range(0, tokens).Sum(s => Math.Exp(scores[s] - max) / total * v[s][i]);
            }
        }
        return [.. input.Select((x, t) =>
        {
            double[] middle = Norm(name + "attention.output.LayerNorm", Add(Linear(name + "attention.output.dense", context[t]), x));
            double[] inner = [.. Linear(name + "intermediate.dense", middle).Select(Gelu)];
            return Norm(name + "output.LayerNorm", Add(Linear(name + "output.dense", inner), middle));
        })];
    }

    private double[] Linear(string name, double[] input)
    {
        double[] matrix = weights[name + ".weight"], bias = weights[name + ".bias"];
        return [.. bias.Select((b, row) => b + Enumerable.Range(0, input.Length).Sum(i => matrix[(row * input.Length) + i] * input[i]))];
    }

    private double[] Norm(string name, double[] input)
    {
        double mean = input.Average(), variance = input.Average(x => (x - mean) * (x - mean));
        return [.. input.Select((x, i) => ((x - mean) / Math.Sqrt(variance + config.NormEpsilon) * weights[name + ".weight"][i]) + weights[name
            + ".bias"][i])];
    }

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    /// <summary>The error function by its power series (Abramowitz and Stegun 7.1.6), exact to rounding for the small arguments here.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum) && n < 500; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}

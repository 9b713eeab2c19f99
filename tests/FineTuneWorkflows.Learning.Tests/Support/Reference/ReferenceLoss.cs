namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>Losses of logits.</summary>
internal static class ReferenceLoss
{
    /// <summary>Minus the logarithm of the class's probability; smoothing mixes it with the mean over all classes (Szegedy et al. 2015,
    /// arXiv:1512.00567).</summary>
    public static Real CrossEntropy(Real[] logits, int label, double smoothing = 0)
    {
        double max = logits.Max(x => x.Value);
        Real logSum = max + Real.Log(Real.Sum(logits.Select(x => Real.Exp(x - max))));
        return ((1 - smoothing) * (logSum - logits[label])) + (smoothing * (logSum - (Real.Sum(logits) / logits.Length)));
    }

    /// <summary>The mean over classes of minus the logarithm of each answer's probability.</summary>
    public static Real BinaryCrossEntropy(Real[] logits, IReadOnlyList<bool> classes) =>
        Real.Sum(logits.Select((x, i) => Real.Log(1 + Real.Exp(classes[i] ? -x : x)))) / logits.Length;

    public static Real Mean(IReadOnlyCollection<Real> losses) => Real.Sum(losses) / losses.Count;
}

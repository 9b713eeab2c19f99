namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>
/// How far 32-bit numbers are from transformers' 32-bit ones. They agree where every difference is at most <see cref="Tolerance"/> + <see cref="Tolerance"/> x |expected|, as
/// numpy's <c>allclose(rtol=1e-5, atol=1e-5)</c> has it.
/// </summary>
internal sealed class ReferenceDifference
{
    public const double Tolerance = 1e-5;

    /// <summary>The greatest |difference| / (1 + |expected|) so far.</summary>
    public double Greatest { get; private set; }

    /// <summary>Where that is.</summary>
    public string Where { get; private set; } = "";

    /// <summary>Takes numbers in.</summary>
    public void Add(string what, float[] expected, float[] actual)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {expected.Length} numbers expected, but there are {actual.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]) / (1 + Math.Abs((double)expected[i]));
            if (!(difference <= Greatest))
                (Greatest, Where) = (difference, $"{what}[{i}]: {expected[i]:R} expected, but it is {actual[i]:R}");
        }
    }

    /// <summary>Fails where the numbers do not agree, and else notes by how much they differ.</summary>
    public void Check(string name)
    {
        Assert.True(Greatest <= Tolerance, $"{name}: {Where}");
        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"{name}: greatest difference {Greatest:E1}"));
    }
}

namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>How rotary frequencies are stretched over longer texts.</summary>
/// <param name="Kind"><c>linear</c> (Chen et al. 2023, arXiv:2306.15595) or <c>llama3</c> (Llama 3.1's model card and reference code).</param>
/// <param name="Factor">By how much.</param>
internal sealed record ReferenceRotaryScaling(string Kind, double Factor)
{
    /// <summary>Wavelengths longer than the trained length over this are stretched in full.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Wavelengths shorter than the trained length over this stay.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>The length trained before stretching (<c>original_max_position_embeddings</c>).</summary>
    public int TrainedLength { get; init; } = 8192;

    public double Apply(double frequency)
    {
        if (Kind == "linear")
            return frequency / Factor;
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength < TrainedLength / HighFrequencyFactor)
            return frequency;
        if (wavelength > TrainedLength / LowFrequencyFactor)
            return frequency / Factor;
        double share = ((TrainedLength / wavelength) - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
        return ((1 - share) * frequency / Factor) + (share * frequency);
    }
}

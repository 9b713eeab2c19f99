namespace FineTuneWorkflows.Learning.Models;

/// <summary>What a parameter is.</summary>
public enum ParameterKind
{
    /// <summary>The matrix of a linear layer; starts normal.</summary>
    Weight,

    /// <summary>A table of vectors; starts normal.</summary>
    Embedding,

    /// <summary>An additive vector; starts at 0.</summary>
    Bias,

    /// <summary>The scale of a normalization; starts at 1.</summary>
    NormScale,

    /// <summary>The shift of a normalization; starts at 0.</summary>
    NormShift,
}

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

    /// <summary>An adapter's first matrix, <c>[rank, in]</c>; starts uniform within ±1/√in, as PEFT's does (He et al. 2015, arXiv:1502.01852, with a = √5).</summary>
    AdapterDown,

    /// <summary>An adapter's second matrix, <c>[out, rank]</c>; starts at 0.</summary>
    AdapterUp,
}

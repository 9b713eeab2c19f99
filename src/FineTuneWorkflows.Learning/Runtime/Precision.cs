namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>How exactly a training computes. Weights, gradients and the optimizer's moments have 32 bits whatever it is.</summary>
public enum Precision
{
    /// <summary>32-bit numbers throughout.</summary>
    Float32,

    /// <summary>32-bit numbers whose products a GPU computes with 10 bits after the point (NVIDIA's TensorFloat-32, from compute capability 8.0 on).</summary>
    TensorFloat32,

    /// <summary>Layers compute with 16-bit bfloat16 copies of the weights; norms, losses and updates with 32 bits (Micikevicius et al. 2017, arXiv:1710.03740).</summary>
    BFloat16,
}

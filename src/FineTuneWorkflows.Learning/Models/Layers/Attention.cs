using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Layers;

/// <summary>Scaled dot-product attention (Vaswani et al. 2017, arXiv:1706.03762).</summary>
internal static class Attention
{
    // Beyond this the scores of all pairs take more memory than libtorch's own way, which does not keep them.
    private const long LongestInFull = 256;

    /// <summary>Mixes values by the likeness of queries and keys; <c>[batch, heads, tokens, size]</c>.</summary>
    /// <param name="query"><c>[batch, heads, tokens, size]</c>.</param>
    /// <param name="key">The same shape, or with more tokens.</param>
    /// <param name="value">The shape of <paramref name="key"/>.</param>
    /// <param name="bias">Added to the scores, 32-bit, of a shape that spreads over <c>[batch, heads, tokens, tokens]</c>; null adds nothing.</param>
    /// <param name="dropout">The share of weights that are dropped, 0 outside training.</param>
    public static Tensor Apply(Tensor query, Tensor key, Tensor value, Tensor? bias, double dropout)
    {
        // On the CPU libtorch's own way is slower: by a third without dropout, by half with it (benchmarks/README.md).
        bias = bias?.As(query.dtype);
        bool inFull = query.device_type == DeviceType.CPU && (dropout > 0 || key.shape[2] <= LongestInFull);
        return inFull ? InFull(query, key, value, bias, dropout) : nn.functional.scaled_dot_product_attention(query, key, value, bias!, dropout, false);
    }

    private static Tensor InFull(Tensor query, Tensor key, Tensor value, Tensor? bias, double dropout)
    {
        (long batch, long heads, long tokens, long size) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3]);
        // Not matmul: where it fails, as for want of memory, TorchSharp ends the process instead of throwing.
        Tensor scores = Flat(query.Times(1 / Math.Sqrt(size))).bmm(Flat(key).transpose(1, 2));
        if (bias is not null)
            scores = scores.view(batch, heads, tokens, -1).PlusInPlace(bias).view(batch * heads, tokens, -1);
        Tensor weights = Dropout.Apply(nn.functional.softmax(scores, 2), dropout, dropout > 0);
        return weights.bmm(Flat(value)).view(batch, heads, tokens, size);
    }

    private static Tensor Flat(Tensor heads) => heads.reshape(heads.shape[0] * heads.shape[1], heads.shape[2], heads.shape[3]);
}

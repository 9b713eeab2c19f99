using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>Sequences padded to the longest of them, as tensors. Belongs to the dispose scope it was made in.</summary>
internal sealed unsafe class SequenceBatch
{
    private SequenceBatch(torch.Tensor tokenIds, torch.Tensor? attentionBias, torch.Tensor labels, int tokenCount)
    {
        (TokenIds, AttentionBias, Labels, TokenCount) = (tokenIds, attentionBias, labels, tokenCount);
    }

    /// <summary>A function that copies a sequence's tokens to the front of a span.</summary>
    public delegate void TokenReader(int index, Span<int> destination);

    /// <summary><c>[batch, tokens]</c>, 64-bit integers.</summary>
    public torch.Tensor TokenIds { get; }

    /// <summary>0 at tokens and minus infinity at padding, <c>[batch, 1, 1, tokens]</c>; null where nothing is padded.</summary>
    public torch.Tensor? AttentionBias { get; }

    /// <summary><c>[batch]</c>, 64-bit integers.</summary>
    public torch.Tensor Labels { get; }

    /// <summary>The number of tokens without padding.</summary>
    public int TokenCount { get; }

    /// <summary>Makes the tensors on the processor and moves them to the device.</summary>
    public static SequenceBatch Create(
        ReadOnlySpan<int> indices, Func<int, int> length, Func<int, int> label, TokenReader copy, int padId, TorchDevice device)
    {
        int longest = 0, total = 0;
        foreach (int index in indices)
        {
            longest = Math.Max(longest, length(index));
            total += length(index);
        }
        torch.Tensor ids = torch.empty([indices.Length, longest], torch.int64);
        torch.Tensor labels = torch.empty([indices.Length], torch.int64);
        bool padded = total < indices.Length * longest;
        torch.Tensor? bias = padded ? torch.empty([indices.Length, 1, 1, longest], torch.float32) : null;
        long* idsAt = (long*)TensorMemory.Pointer(ids), labelsAt = (long*)TensorMemory.Pointer(labels);
        float* biasAt = bias is null ? null : (float*)TensorMemory.Pointer(bias);
        int[] tokens = new int[longest];
        for (int row = 0; row < indices.Length; row++)
        {
            int count = length(indices[row]);
            copy(indices[row], tokens.AsSpan(0, count));
            labelsAt[row] = label(indices[row]);
            for (int i = 0; i < longest; i++)
            {
                idsAt[((long)row * longest) + i] = i < count ? tokens[i] : padId;
                if (biasAt != null)
                    biasAt[((long)row * longest) + i] = i < count ? 0 : float.NegativeInfinity;
            }
        }
        if (!device.IsCuda)
            return new SequenceBatch(ids, bias, labels, total);
        torch.Device target = device.ToTorch();
        return new SequenceBatch(ids.to(target), bias?.to(target), labels.to(target), total);
    }
}

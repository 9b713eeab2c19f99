using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Models;

/// <summary>Sequences padded to the longest of them, as tensors. Belongs to the dispose scope it was made in.</summary>
internal sealed unsafe class SequenceBatch
{
    private SequenceBatch(torch.Tensor tokenIds, torch.Tensor? tokenTypes, torch.Tensor? attentionBias, int[] lengths)
    {
        (TokenIds, TokenTypes, AttentionBias, Lengths) = (tokenIds, tokenTypes, attentionBias, lengths);
        TokenCount = lengths.Sum();
    }

    /// <summary>A change to a sequence's tokens after they are read.</summary>
    /// <param name="row">The sequence's row in the batch.</param>
    /// <param name="index">Its number in the data.</param>
    /// <param name="tokens">Its tokens, without padding.</param>
    public delegate void TokenEdit(int row, int index, Span<int> tokens);

    /// <summary><c>[batch, tokens]</c>, 64-bit integers.</summary>
    public torch.Tensor TokenIds { get; }

    /// <summary>0 for the first text of a pair and 1 for the second, in the same shape; null where all is first.</summary>
    public torch.Tensor? TokenTypes { get; }

    /// <summary>0 at tokens and minus infinity at padding, <c>[batch, 1, 1, tokens]</c>; null where nothing is padded.</summary>
    public torch.Tensor? AttentionBias { get; }

    /// <summary>The number of tokens of each sequence.</summary>
    public int[] Lengths { get; }

    /// <summary>The number of tokens without padding.</summary>
    public int TokenCount { get; }

    /// <summary>The width of the batch: the number of tokens of its longest sequence.</summary>
    public int Width => (int)TokenIds.shape[1];

    /// <summary>The number of tokens and padding.</summary>
    public int Places => (int)TokenIds.NumberOfElements;

    /// <summary>Makes the tensors on the CPU and moves them to the device.</summary>
    /// <param name="indices">The sequences.</param>
    /// <param name="data">Where they are.</param>
    /// <param name="padId">The id that pads.</param>
    /// <param name="hasTokenTypes">Whether the model tells the texts of a pair apart.</param>
    /// <param name="device">Where the tensors are to be.</param>
    /// <param name="edit">A change to the tokens; null for none.</param>
    public static SequenceBatch Create(
        ReadOnlySpan<int> indices, ISequenceDataset data, int padId, bool hasTokenTypes, TorchDevice device, TokenEdit? edit = null)
    {
        int[] lengths = new int[indices.Length];
        int longest = 0;
        bool pairs = false;
        for (int row = 0; row < lengths.Length; row++)
        {
            lengths[row] = data.Length(indices[row]);
            longest = Math.Max(longest, lengths[row]);
            pairs |= hasTokenTypes && data.SecondStart(indices[row]) < lengths[row];
        }
        bool padded = lengths.Any(length => length < longest);
        torch.Tensor ids = torch.empty([lengths.Length, longest], torch.int64);
        torch.Tensor? types = pairs ? torch.zeros([lengths.Length, longest], torch.int64) : null;
        torch.Tensor? bias = padded ? torch.empty([lengths.Length, 1, 1, longest], torch.float32) : null;
        long* idsAt = (long*)TensorMemory.Pointer(ids), typesAt = types is null ? null : (long*)TensorMemory.Pointer(types);
        float* biasAt = bias is null ? null : (float*)TensorMemory.Pointer(bias);
        int[] tokens = new int[longest];
        for (int row = 0; row < lengths.Length; row++)
        {
            int count = lengths[row], second = pairs ? data.SecondStart(indices[row]) : count;
            data.CopyTokens(indices[row], tokens.AsSpan(0, count));
            edit?.Invoke(row, indices[row], tokens.AsSpan(0, count));
            for (int i = 0; i < longest; i++)
            {
                long at = ((long)row * longest) + i;
                idsAt[at] = i < count ? tokens[i] : padId;
                if (biasAt != null)
                    biasAt[at] = i < count ? 0 : float.NegativeInfinity;
                if (i >= second && i < count)
                    typesAt[at] = 1;
            }
        }
        if (!device.IsCuda)
            return new SequenceBatch(ids, types, bias, lengths);
        torch.Device target = device.ToTorch();
        return new SequenceBatch(ids.to(target), types?.to(target), bias?.to(target), lengths);
    }
}

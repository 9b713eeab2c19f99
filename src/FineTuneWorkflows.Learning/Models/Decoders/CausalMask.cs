using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Decoders;

/// <summary>
/// What a token sees: itself and what comes before it, as far back as a layer's window reaches. Padding comes last, so no token sees it.
/// </summary>
/// <param name="first">The position of the first new token; those before it are in the cache.</param>
/// <param name="tokens">The number of new tokens.</param>
/// <param name="device">Where the masks are to be.</param>
internal sealed class CausalMask(int first, int tokens, Device device)
{
    private readonly Dictionary<int, Tensor?> _byWindow = [];

    /// <summary>0 where a new token sees another, else minus infinity, <c>[new tokens, all tokens]</c>; null where it sees all.</summary>
    /// <param name="window">How many tokens a token sees, itself included; null for all before it.</param>
    public Tensor? Of(int? window)
    {
        int reach = window ?? int.MaxValue;
        if (!_byWindow.TryGetValue(reach, out Tensor? mask))
            _byWindow[reach] = mask = Make(reach);
        return mask;
    }

    private Tensor? Make(int reach)
    {
        int all = first + tokens;
        if (tokens == 1 && all <= reach)
            return null;
        float[] values = new float[tokens * all];
        for (int row = 0; row < tokens; row++)
        {
            int self = first + row;
            Span<float> own = values.AsSpan(row * all, all);
            own[(self + 1)..].Fill(float.NegativeInfinity);
            if (self >= reach)
                own[..(self - reach + 1)].Fill(float.NegativeInfinity);
        }
        return tensor(values, [tokens, all]).to(device);
    }
}

using System.Text;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Normalization;

/// <summary>Unicode's normalization forms NFC, NFD, NFKC and NFKD (Unicode Standard Annex 15). A character that is composed of several spans them all.</summary>
internal sealed class UnicodeNormalizer(bool compatibility, bool compose) : INormalizer
{
    public void Apply(AlignedText text)
    {
        // Below these nothing changes, whatever stands beside it.
        var inert = compatibility ? (char)0xA0 : compose ? (char)0x300 : (char)0xC0;
        if (text.Chars.IndexOfAnyInRange(inert, char.MaxValue) < 0) return;
        var points = Decompose(text);
        Order(points);
        if (compose) Compose(points);
        text.BeginRewrite();
        Span<char> units = stackalloc char[2];
        foreach (var (value, origin, _) in points)
        {
            if (value >= 0) text.Append(units[..new Rune(value).EncodeToUtf16(units)], origin);
        }
        text.EndRewrite();
    }

    private List<(int Value, TokenSpan Origin, byte Class)> Decompose(AlignedText text)
    {
        var points = new List<(int, TokenSpan, byte)>(text.Length);
        Span<int> hangul = stackalloc int[3];
        Span<int> self = stackalloc int[1];
        for (var i = 0; i < text.Length;)
        {
            _ = Rune.DecodeFromUtf16(text.Chars[i..], out var rune, out var units);
            var origin = text.Origin(i);
            i += units;
            self[0] = rune.Value;
            ReadOnlySpan<int> parts = compatibility && UnicodeNormalizationData.Compatibility(rune.Value) is { } compatible ? compatible
                : CanonicalDecomposition.Of(rune, hangul);
            if (parts.IsEmpty) parts = self;
            foreach (var part in parts) points.Add((part, origin, UnicodeNormalizationData.CombiningClass(part)));
        }
        return points;
    }

    /// <summary>Sorts each run of marks by combining class, equal ones in their order.</summary>
    private static void Order(List<(int Value, TokenSpan Origin, byte Class)> points)
    {
        for (var start = 0; start < points.Count;)
        {
            if (points[start].Class == 0)
            {
                start++;
                continue;
            }
            var end = start;
            while (end < points.Count && points[end].Class != 0) end++;
            var run = points.GetRange(start, end - start).OrderBy(p => p.Class).ToList();
            for (var i = 0; i < run.Count; i++) points[start + i] = run[i];
            start = end;
        }
    }

    /// <summary>Composes each starter with what follows it and is not blocked; what was taken in gets the value -1.</summary>
    private static void Compose(List<(int Value, TokenSpan Origin, byte Class)> points)
    {
        var starter = -1;
        // The class of the last mark between the starter and here that stayed; -1 where none did.
        var between = -1;
        for (var i = 0; i < points.Count; i++)
        {
            var (value, origin, own) = points[i];
            if (starter >= 0 && between < own && UnicodeNormalizationData.TryCompose(points[starter].Value, value, out var composed))
            {
                var from = points[starter].Origin;
                points[starter] = (composed, new TokenSpan(from.Start, Math.Max(from.End, origin.End)), points[starter].Class);
                points[i] = (-1, origin, 0);
            }
            else if (own == 0)
            {
                starter = i;
                between = -1;
            }
            else
            {
                between = own;
            }
        }
    }
}

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>Translates places in a text between a unit and the UTF-16 characters of a .NET string.</summary>
public sealed class TextOffsets
{
    // Where each code point begins, and the text's end; null where both units are the same.
    private readonly int[]? _starts;
    private readonly int _length;

    /// <summary>Prepares a text's translation.</summary>
    /// <param name="text">The text.</param>
    /// <param name="unit">The unit.</param>
    public TextOffsets(string text, OffsetUnit unit)
    {
        ArgumentNullException.ThrowIfNull(text);
        _length = text.Length;
        if (unit == OffsetUnit.CodePoints && HasPairs(text)) _starts = Starts(text);
    }

    /// <summary>The text's length in the unit.</summary>
    public int Length => _starts is null ? _length : _starts.Length - 1;

    /// <summary>Whether a text has characters that one unit counts as one and the other as two.</summary>
    /// <param name="text">The text.</param>
    public static bool Differ(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return HasPairs(text);
    }

    /// <summary>The UTF-16 place of a place in the unit.</summary>
    /// <param name="offset">The place, from 0 to <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public int ToUtf16(int offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        return _starts is null ? offset : _starts[offset];
    }

    /// <summary>The place in the unit of a UTF-16 place; within a surrogate pair that of its character.</summary>
    /// <param name="index">The UTF-16 place, from 0 to the text's length.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public int FromUtf16(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, _length);
        if (_starts is null) return index;
        var found = Array.BinarySearch(_starts, index);
        return found >= 0 ? found : ~found - 1;
    }

    private static bool HasPairs(string text)
    {
        for (var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDBFF'); at >= 0 && at + 1 < text.Length; at++)
        {
            if (char.IsSurrogatePair(text, at)) return true;
        }
        return false;
    }

    private static int[] Starts(string text)
    {
        var starts = new List<int>(text.Length);
        for (var i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1) starts.Add(i);
        starts.Add(text.Length);
        return [.. starts];
    }
}

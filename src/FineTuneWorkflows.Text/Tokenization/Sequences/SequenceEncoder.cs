namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>
/// Encodes rows one after another: tokens of the texts, truncation, template. Not safe for use by two threads at once: each has its own, on loan from
/// <see cref="Tokenizer.Rent"/>.
/// </summary>
internal sealed class SequenceEncoder(Tokenizer tokenizer, TextEncoder encoder)
{
    private readonly TokenList _firstPlain = new(false);
    private readonly TokenList _secondPlain = new(false);
    private readonly TokenList _firstDetailed = new(true);
    private readonly TokenList _secondDetailed = new(true);

    /// <summary>Appends a text between the template's special tokens.</summary>
    public EncodedRow Encode(ReadOnlySpan<char> text, EncodeOptions options, TokenList output)
    {
        var parts = Template(options).Single;
        var first = Start(output, 0, Room(parts, options));
        Text(text, options, first);
        return Append(parts, first, null, first.Count, 0, output);
    }

    /// <summary>Appends a pair of texts.</summary>
    public EncodedRow Encode(ReadOnlySpan<char> text, ReadOnlySpan<char> second, EncodeOptions options, TokenList output)
    {
        var parts = Template(options).Pair;
        var room = Room(parts, options);
        var a = Start(output, 0, room);
        Text(text, options, a);
        var b = Start(output, 1, room);
        Text(second, options, b);
        var (keepA, keepB) = Keep(a, b, room, options.Truncation);
        return Append(parts, a, b, keepA, keepB, output);
    }

    /// <summary>Appends words that were split before: each is encoded by itself and gives its number to its tokens.</summary>
    public EncodedRow EncodeWords(IReadOnlyList<string> words, EncodeOptions options, TokenList output)
    {
        var parts = Template(options).Single;
        var first = Start(output, 0, Room(parts, options));
        first.FixWords = true;
        for (var i = 0; i < words.Count; i++)
        {
            first.Word = i;
            Text(words[i], options, first);
        }
        first.FixWords = false;
        return Append(parts, first, null, first.Count, 0, output);
    }

    private SequenceTemplate Template(EncodeOptions options) => options.AddSpecialTokens ? tokenizer.Template : SequenceTemplate.Bare;

    private static int Room(IReadOnlyList<TemplatePart> parts, EncodeOptions options)
    {
        var room = options.MaxLength - SequenceTemplate.Specials(parts);
        return room >= 0 ? room
            : throw new ArgumentOutOfRangeException(
                nameof(options), options.MaxLength, $"The maximum length has no room for the {SequenceTemplate.Specials(parts)} special tokens.");
    }

    private TokenList Start(TokenList output, int sequence, int room)
    {
        var list = (output.Detailed, sequence) switch
        {
            (false, 0) => _firstPlain,
            (false, _) => _secondPlain,
            (true, 0) => _firstDetailed,
            (true, _) => _secondDetailed,
        };
        list.Clear();
        list.Limit = room;
        return list;
    }

    private void Text(ReadOnlySpan<char> text, EncodeOptions options, TokenList output)
    {
        var from = output.Count;
        encoder.PlainParts = options.PlainParts;
        encoder.CancellationToken = options.CancellationToken;
        encoder.Encode(text, options.SpecialTokensInText, output);
        if (tokenizer.TrimsSpans) output.TrimSpans(from, text);
    }

    private static (int First, int Second) Keep(TokenList a, TokenList b, int room, PairTruncation truncation)
    {
        var (n1, n2) = ((long)a.Count + a.Lost, (long)b.Count + b.Lost);
        if (n1 + n2 <= room) return ((int)n1, (int)n2);
        switch (truncation)
        {
            case PairTruncation.OnlyFirst:
                return n2 <= room ? ((int)(room - n2), (int)n2) : (0, room);
            case PairTruncation.OnlySecond:
                return n1 <= room ? ((int)n1, (int)(room - n1)) : (room, 0);
            default:
                // Hugging Face's rule: the shorter one stays whole as long as it fits in its half; else both get half, the second the odd one.
                var (shorter, longer) = n1 > n2 ? (n2, n1) : (n1, n2);
                longer = shorter > room ? shorter : Math.Max(shorter, room - shorter);
                if (shorter + longer > room) (shorter, longer) = (room / 2, (room / 2) + (room % 2));
                return n1 > n2 ? ((int)longer, (int)shorter) : ((int)shorter, (int)longer);
        }
    }

    private EncodedRow Append(IReadOnlyList<TemplatePart> parts, TokenList first, TokenList? second, int keepFirst, int keepSecond, TokenList output)
    {
        var from = output.Count;
        var secondStart = -1;
        foreach (var part in parts)
        {
            if (part.Type == 1 && secondStart < 0) secondStart = output.Count - from;
            if (part.Text < 0) output.AddSpecial(part.Id, part.Type);
            else if (part.Text == 0) output.AddRange(first, keepFirst, part.Type, 0);
            else output.AddRange(second!, keepSecond, part.Type, 1);
        }
        var lost = first.Count + first.Lost - keepFirst + (second is null ? 0 : second.Count + second.Lost - keepSecond);
        var unknown = tokenizer.SpecialTokens.Unknown is { } id ? output.Ids[from..].Count(id) : 0;
        return new EncodedRow(output.Count - from, secondStart, lost, unknown);
    }
}

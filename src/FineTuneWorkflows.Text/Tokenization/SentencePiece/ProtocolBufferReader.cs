namespace FineTuneWorkflows.Text.Tokenization.SentencePiece;

/// <summary>Reads the fields of a protocol buffer message one after another (protobuf.dev, "Encoding").</summary>
internal ref struct ProtocolBufferReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The next field, or false at the end.</summary>
    /// <exception cref="InvalidDataException">The bytes are no message.</exception>
    public bool TryField(out Field field)
    {
        field = default;
        if (_rest.IsEmpty) return false;
        var tag = Number();
        var number = (int)Math.Min(tag >> 3, int.MaxValue);
        field = (tag & 7) switch
        {
            0 => new Field(number, Number(), default),
            1 => new Field(number, 0, Take(8)),
            2 => new Field(number, 0, Take(Number())),
            5 => new Field(number, 0, Take(4)),
            var kind => throw new InvalidDataException($"a field has the unknown kind {kind}"),
        };
        return true;
    }

    private ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
        throw new InvalidDataException("a number does not end");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length) throw new InvalidDataException("it ends in the middle of a field");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    /// <summary>A field: its number, and its value or its bytes.</summary>
    public readonly ref struct Field(int number, ulong value, ReadOnlySpan<byte> bytes)
    {
        public int Number { get; } = number;

        public ulong Value { get; } = value;

        public ReadOnlySpan<byte> Bytes { get; } = bytes;
    }
}

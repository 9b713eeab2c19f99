using System.Buffers.Binary;
using System.Text;

namespace FineTuneWorkflows.Benchmarks.Onnx;

/// <summary>A message in Protocol Buffers' wire format, written field by field: https://protobuf.dev/programming-guides/encoding.</summary>
internal sealed class ProtobufMessage
{
    private const int VariableLength = 0, LengthDelimited = 2, FourBytes = 5;

    private readonly MemoryStream bytes = new();

    public long Length => bytes.Length;

    public ProtobufMessage Integer(int field, long value)
    {
        Key(field, VariableLength);
        Variable((ulong)value);
        return this;
    }

    public ProtobufMessage Single(int field, float value)
    {
        Key(field, FourBytes);
        Span<byte> four = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(four, value);
        bytes.Write(four);
        return this;
    }

    public ProtobufMessage Text(int field, string value)
    {
        Begin(field, Encoding.UTF8.GetByteCount(value));
        bytes.Write(Encoding.UTF8.GetBytes(value));
        return this;
    }

    public ProtobufMessage Message(int field, ProtobufMessage value)
    {
        Begin(field, value.Length);
        value.CopyTo(bytes);
        return this;
    }

    /// <summary>The key and the length of a field whose bytes, text or message, are written elsewhere, right behind this message.</summary>
    public ProtobufMessage Begin(int field, long length)
    {
        Key(field, LengthDelimited);
        Variable((ulong)length);
        return this;
    }

    public void CopyTo(Stream target) => bytes.WriteTo(target);

    private void Key(int field, int type) => Variable(((ulong)field << 3) | (uint)type);

    // Seven bits a byte, the lowest first; the eighth says that more follow.
    private void Variable(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.WriteByte((byte)(value | 0x80));
        bytes.WriteByte((byte)value);
    }
}

using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Benchmarks.Onnx;

/// <summary>A constant of a graph. Its values are asked for when they are written, so that no more than one tensor is in memory at a time.</summary>
/// <param name="Name">What nodes call it.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its sizes; empty for a scalar.</param>
/// <param name="Bytes">Gives the length in bytes of the values.</param>
/// <param name="Write">Writes the values, row by row and little-endian.</param>
internal sealed record OnnxTensor(string Name, OnnxType Type, long[] Shape, long Bytes, Action<Stream> Write)
{
    /// <summary>A list of integers.</summary>
    public static OnnxTensor Integers(string name, params long[] values) =>
        new(name, OnnxType.Int64, [values.Length], sizeof(long) * values.Length, stream => stream.Write(MemoryMarshal.AsBytes<long>(values)));

    /// <summary>One number.</summary>
    public static OnnxTensor Scalar(string name, float value) =>
        new(name, OnnxType.Float, [], sizeof(float), stream => stream.Write(MemoryMarshal.AsBytes<float>([value])));

    /// <summary>One integer.</summary>
    public static OnnxTensor Scalar(string name, long value) =>
        new(name, OnnxType.Int64, [], sizeof(long), stream => stream.Write(MemoryMarshal.AsBytes<long>([value])));

    /// <summary>The <c>TensorProto</c> up to where its values begin: dims 1, data_type 2, name 8, raw_data 9.</summary>
    public ProtobufMessage Head()
    {
        var message = new ProtobufMessage();
        foreach (var size in Shape)
            message.Integer(1, size);
        return message.Integer(2, (int)Type).Text(8, Name).Begin(9, Bytes);
    }
}

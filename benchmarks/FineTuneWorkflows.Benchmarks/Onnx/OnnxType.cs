namespace FineTuneWorkflows.Benchmarks.Onnx;

/// <summary>Element types by their numbers in <c>TensorProto.DataType</c>.</summary>
internal enum OnnxType
{
    Float = 1,
    Int64 = 7,
}

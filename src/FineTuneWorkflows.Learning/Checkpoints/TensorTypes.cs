using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>What <see cref="TensorType"/> is in bytes and in libtorch.</summary>
internal static class TensorTypes
{
    public static int Size(TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 => 8,
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 => 2,
        _ => 1,
    };

    public static bool IsFloatingPoint(TensorType type) => type is TensorType.F64 or TensorType.F32 or TensorType.F16 or TensorType.BF16;

    public static ScalarType ToTorch(TensorType type) => type switch
    {
        TensorType.F64 => ScalarType.Float64,
        TensorType.F32 => ScalarType.Float32,
        TensorType.F16 => ScalarType.Float16,
        TensorType.BF16 => ScalarType.BFloat16,
        TensorType.I64 => ScalarType.Int64,
        TensorType.I32 => ScalarType.Int32,
        TensorType.I16 => ScalarType.Int16,
        TensorType.I8 => ScalarType.Int8,
        TensorType.U8 => ScalarType.Byte,
        TensorType.BOOL => ScalarType.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    public static TensorType FromTorch(ScalarType type) => type switch
    {
        ScalarType.Float64 => TensorType.F64,
        ScalarType.Float32 => TensorType.F32,
        ScalarType.Float16 => TensorType.F16,
        ScalarType.BFloat16 => TensorType.BF16,
        ScalarType.Int64 => TensorType.I64,
        ScalarType.Int32 => TensorType.I32,
        ScalarType.Int16 => TensorType.I16,
        ScalarType.Int8 => TensorType.I8,
        ScalarType.Byte => TensorType.U8,
        ScalarType.Bool => TensorType.BOOL,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "safetensors has no such element type."),
    };
}

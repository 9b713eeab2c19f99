namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>One tensor of a safetensors file: what it is and where its bytes lie.</summary>
/// <param name="Name">Its name, such as <c>bert.pooler.dense.weight</c>.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its sizes; empty for a scalar.</param>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="Length">How many bytes it has.</param>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape, long Offset, long Length)
{
    /// <summary>The number of elements.</summary>
    public long ElementCount => Length / TensorTypes.Size(Type);

    /// <summary>The shape as text, such as <c>[30522, 128]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}

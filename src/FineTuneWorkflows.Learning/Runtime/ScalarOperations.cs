using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>
/// Operations of a tensor and a number. TorchSharp makes a <see cref="Scalar"/> of the number and lets the garbage collector free it, which may happen while libtorch still reads it: then the
/// number is any, or libtorch throws. Here it is held until the operation is done. Use these instead of TorchSharp's operators with numbers, its sums of tensors and its <c>item</c>.
/// </summary>
internal static class ScalarOperations
{
    // Sums of tensors have a factor too, for which TorchSharp makes a Scalar of 1 each time; this one lives as long as the process.
    private static readonly Scalar One = 1;

    /// <summary>The sum of two tensors.</summary>
    public static Tensor Plus(this Tensor tensor, Tensor other) => tensor.add(other, One);

    /// <summary>Adds a tensor in place.</summary>
    public static Tensor PlusInPlace(this Tensor tensor, Tensor other) => tensor.add_(other, One);

    /// <summary>The product.</summary>
    public static Tensor Times(this Tensor tensor, double factor)
    {
        using Scalar held = factor;
        return tensor * held;
    }

    /// <summary>The sum.</summary>
    public static Tensor Plus(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor + held;
    }

    /// <summary>Sets all elements.</summary>
    public static void Fill(this Tensor tensor, double number)
    {
        using Scalar held = number;
        tensor.fill_(held);
    }

    /// <summary>Where an element is the number.</summary>
    public static Tensor Is(this Tensor tensor, double number)
    {
        using Scalar held = number;
        return tensor.eq(held);
    }

    /// <summary>The one element of a tensor; waits for the device.</summary>
    public static double Number(this Tensor tensor)
    {
        using Scalar held = tensor.ToScalar();
        return held.ToDouble();
    }

    /// <summary>The one element of a tensor of integers; waits for the device.</summary>
    public static long WholeNumber(this Tensor tensor)
    {
        using Scalar held = tensor.ToScalar();
        return held.ToInt64();
    }
}

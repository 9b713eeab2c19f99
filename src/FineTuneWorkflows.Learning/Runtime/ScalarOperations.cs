using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>
/// Operations of a tensor and a number. TorchSharp makes a <see cref="Scalar"/> of the number and lets the garbage collector free it, which may happen while libtorch still reads it: then the
/// number is any, or libtorch throws. Here it is held until the operation is done. Use these instead of TorchSharp's operators with numbers and its <c>item</c>.
/// </summary>
internal static class ScalarOperations
{
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

    /// <summary>The quotient.</summary>
    public static Tensor Over(this Tensor tensor, double divisor)
    {
        using Scalar held = divisor;
        return tensor / held;
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

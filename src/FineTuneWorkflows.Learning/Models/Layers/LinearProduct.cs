using System.Runtime.Intrinsics.X86;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Layers;

/// <summary>
/// x Wᵀ + b by the quicker of libtorch's two libraries. Its usual one, MKL, uses half the width of AVX-512 on CPUs of other
/// makers than Intel; oneDNN, which libtorch asks for convolutions, uses all of it, and a convolution by 1 x 1 is the same product in the same
/// precision, its gradients too. A step of BERT-base takes 0.56 times as long (benchmarks/README.md).
/// </summary>
internal static class LinearProduct
{
    // Below this, what oneDNN does before it multiplies, such as making a kernel for a new shape, costs more than it saves.
    private const long FewestOperations = 1L << 25;

    // oneDNN puts one factor into an order of its own each time. Up to here that is cheaper for x, though the product then has to be turned.
    private const long FewVectors = 128;

    private static readonly bool HasNarrowMkl = Avx512F.IsSupported && !IsIntel();

    /// <summary><c>[..., in]</c> to <c>[..., out]</c>.</summary>
    /// <param name="input">x.</param>
    /// <param name="matrix">W, <c>[out, in]</c>.</param>
    /// <param name="bias">b; null adds nothing.</param>
    public static Tensor Apply(Tensor input, Tensor matrix, Tensor? bias)
    {
        if (!IsQuicker(input, matrix))
            return nn.functional.linear(input, matrix, bias!);
        long[] shape = input.shape;
        (long outputs, long inputs) = (matrix.shape[0], matrix.shape[1]);
        Tensor vectors = input.view(-1, inputs);
        shape[^1] = outputs;
        if (vectors.shape[0] > FewVectors)
            return Convolution(vectors, matrix, bias).view(shape);
        Tensor product = Convolution(matrix, vectors, null).t().contiguous();
        return (bias is null ? product : product.PlusInPlace(bias)).view(shape);
    }

    /// <summary>Whether <see cref="Apply"/> takes oneDNN. It depends on shapes, processor and threads alone, so that the same training does the same each time.</summary>
    public static bool IsQuicker(Tensor input, Tensor matrix) =>
        HasNarrowMkl && input.device_type == DeviceType.CPU
        && input.dtype == ScalarType.Float32 && matrix.dtype == ScalarType.Float32
        && input.NumberOfElements * matrix.shape[0] >= FewestOperations && input.is_contiguous() && matrix.is_contiguous()
        // Of few vectors a matrix's gradient is quicker without.
        && (!is_grad_enabled() || input.NumberOfElements / matrix.shape[1] > FewVectors)
        // With one thread libtorch itself multiplies, as it does without this.
        && get_num_threads() > 1;

    /// <summary>a bᵀ, <c>[m, k]</c> and <c>[n, k]</c> to <c>[m, n]</c>: a is a picture m places high and one wide, whose k channels lie side by side.
    /// </summary>
    private static Tensor Convolution(Tensor a, Tensor b, Tensor? bias)
    {
        (long rows, long columns, long common) = (a.shape[0], b.shape[0], a.shape[1]);
        Tensor picture = a.view(1, rows, 1, common).permute(0, 3, 1, 2);
        return nn.functional.conv2d(picture, b.view(columns, common, 1, 1), bias!).permute(0, 2, 3, 1).view(rows, columns);
    }

    private static bool IsIntel()
    {
        // The maker's name, "GenuineIntel", is in three registers (Intel's manual, CPUID).
        (_, int first, int third, int second) = X86Base.CpuId(0, 0);
        return (first, second, third) == (0x756E6547, 0x49656E69, 0x6C65746E);
    }
}

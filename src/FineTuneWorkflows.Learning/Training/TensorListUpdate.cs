using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>
/// The norm and the AdamW update of whole lists of tensors by libtorch's own kernels for them, the same that PyTorch's <c>AdamW(fused=True)</c> and <c>clip_grad_norm_</c> start: one for some
/// dozens of tensors instead of nine for each. TorchSharp has no method for these operators; TorchScript calls any operator that libtorch has.
/// </summary>
internal sealed class TensorListUpdate : IDisposable
{
    // 7 is TorchScript's name of 64-bit floating point. The sum in 64 bits is for gradients whose squares do not fit into 32.
    private const string Script = """
        def norm(gradients: List[Tensor]):
            return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gradients, 2.0)), 2.0, None, False, dtype=7)

        def norm_of_large(gradients: List[Tensor]):
            total = torch.zeros([], dtype=7, device=gradients[0].device)
            for gradient in gradients:
                total += gradient.to(7).square_().sum()
            return total.sqrt()

        def update(parameters: List[Tensor], gradients: List[Tensor], firsts: List[Tensor], seconds: List[Tensor], step: Tensor, divisor: Tensor,
                   rate: float, beta1: float, beta2: float, decay: float, epsilon: float):
            torch._fused_adamw_(
                parameters, gradients, firsts, seconds, [], [step for _ in range(len(parameters))], lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay,
                eps=epsilon, amsgrad=False, maximize=False, grad_scale=divisor, found_inf=None)

        """;

    private readonly jit.CompilationUnit _unit = jit.compile(Script);

    /// <summary>The norm of all tensors together; waits for the device, once.</summary>
    public double Norm(Tensor[] gradients)
    {
        if (gradients.Length == 0)
            return 0;
        double norm = Call("norm", gradients).Number();
        return double.IsFinite(norm) ? norm : Call("norm_of_large", gradients).Number();
    }

    /// <summary>Updates tensors and their moments in place, without memory of its own; the gradients become the scaled ones.</summary>
    /// <param name="parameters">What is updated.</param>
    /// <param name="gradients">Their gradients, of the same shapes.</param>
    /// <param name="firsts">Their first moments.</param>
    /// <param name="seconds">Their second moments.</param>
    /// <param name="numbers">Of the step; see <see cref="Numbers"/>.</param>
    /// <param name="options">The moments' decays and epsilon.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="decay">The weight decay.</param>
    public void Update(Tensor[] parameters, Tensor[] gradients, Tensor[] firsts, Tensor[] seconds, (Tensor Step, Tensor Divisor) numbers, TrainingOptions options, double rate, double decay)
    {
        // Held, as all numbers that go to libtorch: see ScalarOperations.
        using Scalar heldRate = rate, beta1 = options.Beta1, beta2 = options.Beta2, heldDecay = decay, epsilon = options.Epsilon;
        _unit.invoke("update", parameters, gradients, firsts, seconds, numbers.Step, numbers.Divisor, heldRate, beta1, beta2, heldDecay, epsilon);
    }

    /// <summary>The number of a step and what its gradients are divided by, where the kernels read them. Made before the first update, which must not run out of memory half-way.</summary>
    public static (Tensor Step, Tensor Divisor) Numbers(long step, double divisor, Device device)
    {
        using Scalar heldStep = (double)step, heldDivisor = divisor;
        return (full([], heldStep, ScalarType.Float32, device), full([], heldDivisor, ScalarType.Float32, device));
    }

    public void Dispose() => _unit.Dispose();

    // The cast keeps the array from being spread over the parameters.
    private Tensor Call(string name, Tensor[] tensors) => (Tensor)_unit.invoke(name, (object)tensors);
}

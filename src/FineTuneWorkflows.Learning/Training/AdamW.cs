using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2017, arXiv:1711.05101) and clipping by global norm. On the CPU one fused pass over
/// memory, whose result does not depend on the number of threads; elsewhere libtorch's own kernels for lists of tensors.
/// </summary>
internal sealed unsafe class AdamW : IOptimizer, IDisposable
{
    private const int BlockElements = 1 << 15;
    private const string FirstPrefix = "first.", SecondPrefix = "second.";

    private readonly IReadOnlyList<ModelParameter> _parameters;
    private readonly TrainingOptions _options;
    private readonly ParallelOptions _parallel;
    private readonly torch.Tensor[] _first, _second;
    private readonly (int Parameter, long Start, int Count)[] _blocks;
    private readonly IReadOnlyList<double> _rateShares;
    private readonly TensorListUpdate? _lists;

    /// <param name="parameters">What is trained.</param>
    /// <param name="options">Decay, moments and clipping.</param>
    /// <param name="threads">How many threads update.</param>
    /// <param name="rateShares">Each parameter's own share of the learning rate; null, the default, is 1 for all.</param>
    /// <param name="fused">Whether to update in one pass over memory; null, the default, does where all parameters lie in the CPU's memory.</param>
    public AdamW(IReadOnlyList<ModelParameter> parameters, TrainingOptions options, int threads, IReadOnlyList<double>? rateShares = null, bool? fused = null)
    {
        _rateShares = rateShares ?? Enumerable.Repeat(1.0, parameters.Count).ToArray();
        _parameters = parameters;
        _options = options;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) };
        if (!(fused ?? parameters.All(parameter => parameter.Value.device_type == DeviceType.CPU)))
            _lists = new TensorListUpdate();
        using var noGrad = torch.no_grad();
        _first = [.. parameters.Select(parameter => torch.zeros_like(parameter.Value).DetachFromDisposeScope())];
        _second = [.. parameters.Select(parameter => torch.zeros_like(parameter.Value).DetachFromDisposeScope())];
        _blocks = [.. Blocks(parameters)];
    }

    /// <summary>
    /// Applies one update from the parameters' gradients and clears them. A parameter without a gradient stays as it is.
    /// </summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="step">The number of this update, from 1.</param>
    /// <param name="gradientScale">What the gradients are multiplied with first, such as one over what a loss was summed over; default 1.</param>
    /// <returns>The norm of all scaled gradients together before clipping; if it is not finite nothing is changed.</returns>
    public double Step(double rate, long step, double gradientScale = 1)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        torch.Tensor?[] gradients = [.. _parameters.Select(parameter => parameter.Value.grad?.contiguous())];
        double norm = _lists is null ? FusedStep(gradients, rate, step, gradientScale) : TensorStep(gradients, rate, step, gradientScale);
        ClearGradients();
        return norm;
    }

    /// <summary>Forgets the gradients.</summary>
    public void ClearGradients()
    {
        foreach (ModelParameter parameter in _parameters)
            parameter.Value.grad = null;
    }

    /// <summary>The moments by name, to be saved.</summary>
    public IEnumerable<KeyValuePair<string, torch.Tensor>> State()
    {
        for (int i = 0; i < _parameters.Count; i++)
        {
            yield return KeyValuePair.Create(FirstPrefix + _parameters[i].Name, _first[i]);
            yield return KeyValuePair.Create(SecondPrefix + _parameters[i].Name, _second[i]);
        }
    }

    /// <summary>Takes the moments back from a file.</summary>
    public void Load(SafetensorsReader reader)
    {
        for (int i = 0; i < _parameters.Count; i++)
        {
            reader.ReadInto(FirstPrefix + _parameters[i].Name, _first[i]);
            reader.ReadInto(SecondPrefix + _parameters[i].Name, _second[i]);
        }
    }

    public void Dispose()
    {
        foreach (torch.Tensor moment in _first.Concat(_second))
            moment.Dispose();
        _lists?.Dispose();
    }

    private static IEnumerable<(int, long, int)> Blocks(IReadOnlyList<ModelParameter> parameters)
    {
        for (int i = 0; i < parameters.Count; i++)
        {
            long count = parameters[i].Value.NumberOfElements;
            for (long start = 0; start < count; start += BlockElements)
                yield return (i, start, (int)Math.Min(BlockElements, count - start));
        }
    }

    private double ClipFor(double norm) => _options.GradientClip > 0 ? Math.Min(1, _options.GradientClip / (norm + 1e-6)) : 1;

    private AdamWCoefficients[] Coefficients(double rate, long step, double gradientScale)
    {
        var coefficients = new AdamWCoefficients[_parameters.Count];
        for (int i = 0; i < coefficients.Length; i++)
        {
            double decay = _parameters[i].Decays ? _options.WeightDecay : 0;
            coefficients[i] = AdamWCoefficients.Of(_options, rate * _rateShares[i], decay, step, gradientScale);
        }
        return coefficients;
    }

    private double FusedStep(torch.Tensor?[] gradients, double rate, long step, double gradientScale)
    {
        int count = _parameters.Count;
        var at = new Addresses[count];
        for (int i = 0; i < count; i++)
        {
            at[i] = new Addresses(
                (float*)TensorMemory.Pointer(_parameters[i].Value), gradients[i] is null ? null : (float*)TensorMemory.Pointer(gradients[i]!),
                (float*)TensorMemory.Pointer(_first[i]), (float*)TensorMemory.Pointer(_second[i]));
        }
        double[] squares = new double[_blocks.Length];
        Parallel.For(0, _blocks.Length, _parallel, b =>
        {
            (int parameter, long start, int length) = _blocks[b];
            if (at[parameter].Gradient != null)
                squares[b] = GradientNorm.SumOfSquares(at[parameter].Gradient + start, length);
        });
        double norm = gradientScale * Math.Sqrt(squares.Sum());
        if (!double.IsFinite(norm))
            return norm;

        AdamWCoefficients[] coefficients = Coefficients(rate, step, gradientScale * ClipFor(norm));
        Parallel.For(0, _blocks.Length, _parallel, b =>
        {
            (int parameter, long start, int length) = _blocks[b];
            Addresses a = at[parameter];
            if (a.Gradient != null)
                AdamWKernel.Update(a.Parameter + start, a.Gradient + start, a.First + start, a.Second + start, length, coefficients[parameter]);
        });
        return norm;
    }

    private double TensorStep(torch.Tensor?[] gradients, double rate, long step, double gradientScale)
    {
        int[] with = [.. Enumerable.Range(0, gradients.Length).Where(i => gradients[i] is not null)];
        double norm = gradientScale * _lists!.Norm([.. with.Select(i => gradients[i]!)]);
        if (!double.IsFinite(norm) || with.Length == 0)
            return norm;
        var numbers = TensorListUpdate.Numbers(step, 1 / (gradientScale * ClipFor(norm)), _parameters[0].Value.device);
        foreach (IGrouping<(bool, double), int> group in with.GroupBy(i => (_parameters[i].Decays, _rateShares[i])))
        {
            (bool decays, double share) = group.Key;
            _lists.Update(
                Of(i => _parameters[i].Value), Of(i => gradients[i]!), Of(i => _first[i]), Of(i => _second[i]), numbers, _options, rate * share,
                decays ? _options.WeightDecay : 0);

            torch.Tensor[] Of(Func<int, torch.Tensor> tensor) => [.. group.Select(tensor)];
        }
        return norm;
    }

    private readonly struct Addresses(float* parameter, float* gradient, float* first, float* second)
    {
        public readonly float* Parameter = parameter, Gradient = gradient, First = first, Second = second;
    }
}

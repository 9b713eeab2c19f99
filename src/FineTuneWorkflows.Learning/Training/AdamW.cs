using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2017, arXiv:1711.05101) and clipping by global norm. On the processor one fused pass over
/// memory, whose result does not depend on the number of threads; elsewhere tensor operations.
/// </summary>
internal sealed unsafe class AdamW : IDisposable
{
    private const int BlockElements = 1 << 15;
    private const string FirstPrefix = "first.", SecondPrefix = "second.";

    private readonly IReadOnlyList<ModelParameter> _parameters;
    private readonly TrainingOptions _options;
    private readonly ParallelOptions _parallel;
    private readonly torch.Tensor[] _first, _second;
    private readonly (int Parameter, long Start, int Count)[] _blocks;
    private readonly bool _fused;

    public AdamW(IReadOnlyList<ModelParameter> parameters, TrainingOptions options, int threads, bool? fused = null)
    {
        _parameters = parameters;
        _options = options;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) };
        _fused = fused ?? parameters.All(parameter => parameter.Value.device_type == DeviceType.CPU);
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
    /// <returns>The norm of all gradients together before clipping; if it is not finite nothing is changed.</returns>
    public double Step(double rate, long step)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        torch.Tensor?[] gradients = [.. _parameters.Select(parameter => parameter.Value.grad?.contiguous())];
        double norm = _fused ? FusedStep(gradients, rate, step) : TensorStep(gradients, rate, step);
        foreach (ModelParameter parameter in _parameters)
            parameter.Value.grad = null;
        return norm;
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

    private double ScaleFor(double norm) => _options.GradientClip > 0 ? Math.Min(1, _options.GradientClip / (norm + 1e-6)) : 1;

    private double FusedStep(torch.Tensor?[] gradients, double rate, long step)
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
        double norm = Math.Sqrt(squares.Sum());
        if (!double.IsFinite(norm))
            return norm;

        AdamWCoefficients decaying = AdamWCoefficients.Of(_options, rate, _options.WeightDecay, step, ScaleFor(norm));
        AdamWCoefficients plain = AdamWCoefficients.Of(_options, rate, 0, step, ScaleFor(norm));
        Parallel.For(0, _blocks.Length, _parallel, b =>
        {
            (int parameter, long start, int length) = _blocks[b];
            Addresses a = at[parameter];
            if (a.Gradient != null)
            {
                AdamWCoefficients c = _parameters[parameter].Decays ? decaying : plain;
                AdamWKernel.Update(a.Parameter + start, a.Gradient + start, a.First + start, a.Second + start, length, c);
            }
        });
        return norm;
    }

    private double TensorStep(torch.Tensor?[] gradients, double rate, long step)
    {
        double norm = 0;
        foreach (torch.Tensor? gradient in gradients)
            norm += gradient is null ? 0 : gradient.square().sum(torch.float64).item<double>();
        norm = Math.Sqrt(norm);
        if (!double.IsFinite(norm))
            return norm;
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is not torch.Tensor gradient)
                continue;
            AdamWCoefficients c = AdamWCoefficients.Of(_options, rate, _parameters[i].Decays ? _options.WeightDecay : 0, step, ScaleFor(norm));
            torch.Tensor g = gradient * c.GradientScale;
            _first[i].mul_(c.Beta1).add_(g, alpha: c.Beta1Rest);
            _second[i].mul_(c.Beta2).addcmul_(g, g, c.Beta2Rest);
            torch.Tensor denominator = _second[i].sqrt().div_(c.RootOfCorrection2).add_(c.Epsilon);
            _parameters[i].Value.mul_(c.Keep).addcdiv_(_first[i], denominator, -c.StepSize);
        }
        return norm;
    }

    private readonly struct Addresses(float* parameter, float* gradient, float* first, float* second)
    {
        public readonly float* Parameter = parameter, Gradient = gradient, First = first, Second = second;
    }
}

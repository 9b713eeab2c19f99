using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Support;

/// <summary>A task with one parameter x, whose loss of some sequences a test gives as a function of x and the sequences' numbers.</summary>
internal sealed class FakeTask : ITrainingTask, IDisposable
{
    private readonly ParameterStore _store;
    private readonly Func<torch.Tensor, int[], torch.Tensor> _loss;

    public FakeTask(int count, Func<torch.Tensor, int[], torch.Tensor> loss, float start = 1)
    {
        TorchRuntime.EnsureLoaded();
        (_loss, _store) = (loss, new ParameterStore(TorchDevice.Cpu));
        using var noGrad = torch.no_grad();
        _store.Add("x", ParameterKind.Weight, 1).Value.Fill(start);
        Training = new ToyData([.. Enumerable.Range(0, count).Select(_ => new[] { 1, 2, 3, 4, 5 })], new int[count]);
    }

    public List<int> Computed { get; } = [];

    public IReadOnlyList<ModelParameter> Parameters => _store.All;

    public TorchDevice Device => TorchDevice.Cpu;

    public ISequenceDataset Training { get; }

    public bool HasValidation => false;

    public IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>();

    public void CheckData()
    {
    }

    public BatchLoss Loss(ReadOnlySpan<int> indices, int epoch)
    {
        torch.Tensor loss = _loss(_store.All[0].Value, indices.ToArray());
        Computed.AddRange(indices);
        return new BatchLoss(loss.sum(), indices.Length, 5 * indices.Length, 8 * indices.Length, 1e6 * indices.Length);
    }

    public IReadOnlyDictionary<string, double> Validate(CancellationToken cancellation, Action<string>? note = null) => throw new NotSupportedException();

    public void Dispose() => _store.Dispose();
}

using FineTuneWorkflows.Learning.Models.Layers;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Heads;

/// <summary>A class for each token: one linear layer after dropout.</summary>
internal sealed class TokenHead(ParameterStore store, string name, int width, int classCount, double dropout) : IHead
{
    private readonly LinearLayer _output = new(store, name, width, classCount, ParameterRole.HeadOutput);

    public Tensor Forward(Tensor hidden, SequenceBatch batch, Tensor? places, bool training) =>
        _output.Forward(Dropout.Apply(hidden.At(places), dropout, training), training);
}

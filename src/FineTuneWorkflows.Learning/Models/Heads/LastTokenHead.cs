using FineTuneWorkflows.Learning.Models.Layers;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Heads;

/// <summary>Classes of a sequence from the vector of its last token, which alone has seen all others.</summary>
internal sealed class LastTokenHead(ParameterStore store, int width, int classCount, double dropout) : IHead
{
    private readonly LinearLayer _output = new(store, "score", width, classCount, ParameterRole.HeadOutput, biased: false);

    public Tensor Forward(Tensor hidden, SequenceBatch batch, Tensor? places, bool training)
    {
        long[] last = [.. batch.Lengths.Select((length, row) => ((long)row * batch.Width) + length - 1)];
        return _output.Forward(Dropout.Apply(hidden.At(tensor(last).to(hidden.device)), dropout, training), training);
    }
}

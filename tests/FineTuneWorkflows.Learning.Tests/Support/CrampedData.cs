using System.Runtime.InteropServices;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Support;

/// <summary>Data that lets memory run out, as libtorch says it, where more than a few sequences are made into one batch.</summary>
internal sealed class CrampedData(ISequenceDataset inner, int room) : ISequenceDataset
{
    private int _read;

    public int Count => inner.Count;

    public bool HasTokenLabels => inner.HasTokenLabels;

    // A batch asks for all its lengths first.
    public int Length(int index)
    {
        _read = 0;
        return inner.Length(index);
    }

    public int Label(int index) => inner.Label(index);

    public void CopyTokens(int index, Span<int> destination)
    {
        if (++_read > room)
            throw new ExternalException("DefaultCPUAllocator: can't allocate memory: you tried to allocate much");
        inner.CopyTokens(index, destination);
    }

    public int SecondStart(int index) => inner.SecondStart(index);

    public void CopyTokenLabels(int index, Span<int> destination) => inner.CopyTokenLabels(index, destination);

    public void CopyClasses(int index, Span<bool> destination) => inner.CopyClasses(index, destination);
}

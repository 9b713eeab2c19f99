namespace FineTuneWorkflows.Learning.Baselines;

/// <summary>Checks what all baselines are trained on.</summary>
internal static class BaselineData
{
    public static void Check(IReadOnlyList<string> texts, IReadOnlyList<int> labels, int classCount)
    {
        if (texts.Count != labels.Count)
            throw new ArgumentException($"There are {texts.Count} texts but {labels.Count} labels.", nameof(labels));
        if (texts.Count == 0)
            throw new LearningException("The baseline has no training texts; it needs one or more.");
        for (int i = 0; i < labels.Count; i++)
        {
            if ((uint)labels[i] >= (uint)classCount)
                throw new LearningException($"Training text {i} of the baseline has label {labels[i]}; with {classCount} classes it must be 0 to "
                    + $"{classCount - 1}.");
        }
    }
}

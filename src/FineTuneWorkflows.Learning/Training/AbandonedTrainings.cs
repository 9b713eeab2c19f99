using FineTuneWorkflows.Learning.Checkpoints;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>Trainings of the same model and data that were interrupted, and that the one which starts now does not go on with as an option is another.</summary>
internal static class AbandonedTrainings
{
    /// <summary>What there is to say of each.</summary>
    /// <param name="workFolders">Where other trainings keep their checkpoints; those that are not there, or cannot be read, have nothing to go on with.</param>
    /// <param name="now">The training that starts.</param>
    public static IEnumerable<string> Notes(IEnumerable<string> workFolders, TrainingState now)
    {
        foreach (string folder in workFolders)
        {
            if (new CheckpointStore(folder, 1).NewestState() is not { } before || before.Identity == now.Identity || !DifferOnlyInOptions(before.Settings, now.Settings))
                continue;
            yield return $"A training of the same model and data, interrupted after step {before.Step}, is left behind: {TrainingIdentity.Difference(before.Settings, now.Settings)}. As it was, it would go on.";
        }
    }

    private static bool DifferOnlyInOptions(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) =>
        before.Keys.Union(now.Keys).All(name => typeof(TrainingOptions).GetProperty(name) is not null || before.GetValueOrDefault(name) == now.GetValueOrDefault(name));
}

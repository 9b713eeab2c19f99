using System.Globalization;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>The checkpoints of one training in one folder: the newest few and the best.</summary>
internal sealed class CheckpointStore(string root, int keep)
{
    /// <summary>The newest checkpoint that was written or read here, or null.</summary>
    public TrainingCheckpoint? Newest { get; private set; }

    /// <summary>Removes what a killed process left half-written.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(root);
        foreach (string folder in Directory.EnumerateDirectories(root, ".tmp-*").Concat(Directory.EnumerateDirectories(root, ".old-*")).ToList())
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Writes a checkpoint, then removes those that are neither among the newest nor the best.</summary>
    public TrainingCheckpoint Write(
        TrainingState state, IEnumerable<KeyValuePair<string, torch.Tensor>> model, IEnumerable<KeyValuePair<string, torch.Tensor>> optimizer)
    {
        Newest = TrainingCheckpoint.Write(root, state, model, optimizer);
        foreach ((long step, string folder) in Steps().Skip(keep).ToList())
        {
            if (step != state.Best?.Step)
                Directory.Delete(folder, recursive: true);
        }
        return Newest;
    }

    /// <summary>
    /// The newest checkpoint that is whole, belongs to this training, and whose best checkpoint is whole too; null if there is none. Those newer than
    /// it are removed, since training will pass their steps again.
    /// </summary>
    /// <param name="identity">The training's digest.</param>
    /// <param name="skipped">Hears of each checkpoint that is passed over, and why.</param>
    public TrainingCheckpoint? FindNewest(string identity, Action<string, string> skipped)
    {
        foreach ((_, string folder) in Steps().ToList())
        {
            try
            {
                TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(folder);
                if (checkpoint.State.Identity != identity)
                    throw new CheckpointException($"{folder} belongs to a training with other parameters or data.");
                if (checkpoint.State.Best is { } best && best.Step != checkpoint.State.Step)
                    TrainingCheckpoint.Read(Path.Combine(root, TrainingCheckpoint.NameOf(best.Step)));
                return Newest = checkpoint;
            }
            catch (CheckpointException exception)
            {
                skipped(folder, exception.Message);
                Directory.Delete(folder, recursive: true);
            }
        }
        return null;
    }

    /// <summary>The checkpoint of a step, its bytes checked.</summary>
    public TrainingCheckpoint ReadStep(long step) => TrainingCheckpoint.Read(Path.Combine(root, TrainingCheckpoint.NameOf(step)));

    private IEnumerable<(long Step, string Folder)> Steps() =>
        from folder in Directory.EnumerateDirectories(root, "step-*")
        let number = Path.GetFileName(folder)["step-".Length..]
        where long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        let step = long.Parse(number, CultureInfo.InvariantCulture)
        orderby step descending
        select (step, folder);
}

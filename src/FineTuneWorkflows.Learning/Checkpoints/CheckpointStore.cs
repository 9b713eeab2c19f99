using System.Globalization;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>The checkpoints of one training in one folder: the newest few and the best.</summary>
internal sealed class CheckpointStore(string root, int keep)
{
    /// <summary>The newest checkpoint that was written or read here, or null.</summary>
    public TrainingCheckpoint? Newest { get; private set; }

    /// <summary>Puts back a checkpoint that a killed process was about to replace, and removes what it left half-written.</summary>
    /// <exception cref="CheckpointException">The folder cannot be written.</exception>
    public void Prepare()
    {
        try
        {
            Directory.CreateDirectory(root);
            foreach (string folder in Directory.EnumerateDirectories(root, TrainingCheckpoint.ReplacedPrefix + "*").ToList())
            {
                // The name is the step's, a dash and something unique.
                string name = Path.GetFileName(folder)[TrainingCheckpoint.ReplacedPrefix.Length..];
                string replaced = Path.Combine(root, name[..Math.Max(0, name.LastIndexOf('-'))]);
                if (name.StartsWith("step-", StringComparison.Ordinal) && !Directory.Exists(replaced))
                    Directory.Move(folder, replaced);
                else
                    Directory.Delete(folder, recursive: true);
            }
            foreach (string folder in Directory.EnumerateDirectories(root, TrainingCheckpoint.TemporaryPrefix + "*").ToList())
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"The checkpoints in {root} cannot be prepared: {exception.Message}", exception);
        }
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
    /// <param name="now">The training.</param>
    /// <param name="skipped">Hears of each checkpoint that is passed over, and why.</param>
    public TrainingCheckpoint? FindNewest(TrainingState now, Action<string, string> skipped)
    {
        foreach ((_, string folder) in Steps().ToList())
        {
            try
            {
                TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(folder);
                if (checkpoint.State.Identity != now.Identity)
                    throw new CheckpointException($"it belongs to another training, which is left behind: {TrainingIdentity.Difference(checkpoint.State.Settings, now.Settings)}.");
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

    /// <summary>Where the newest checkpoint stands, without a look at its weights; null where there is none that can be read.</summary>
    public TrainingState? NewestState()
    {
        try
        {
            return Directory.Exists(root) && Steps().FirstOrDefault() is { Folder: { } folder } ? TrainingCheckpoint.ReadState(folder) : null;
        }
        catch (Exception exception) when (exception is CheckpointException or IOException or UnauthorizedAccessException)
        {
            // Another process may be writing or removing it; it is only looked at here.
            return null;
        }
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

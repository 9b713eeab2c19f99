using CsCheck;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;

namespace FineTuneWorkflows.Learning.Tests.Training.Resuming;

/// <summary>Whatever the model, the task and the strategies, and however it is interrupted: a resumed training ends with the weights of one that was never interrupted.</summary>
public sealed class ResumePropertyTests : IDisposable
{
    private readonly TemporaryFolder _bases = new();

    [Fact]
    public void Interrupted_anyhow_and_resumed_the_weights_have_the_same_digest() => ResumeCase.Any.Sample(Holds, iter: 24, threads: 1);

    [Fact]
    public void Each_kind_of_interruption_leaves_something_to_go_on_from()
    {
        foreach (Interruption how in Enum.GetValues<Interruption>())
        {
            using var folder = new TemporaryFolder();
            var options = new TrainingOptions { Epochs = 2, BatchSize = 10, CheckpointEverySteps = 1, CheckpointEverySeconds = 0, Threads = 1 };
            var resumed = new ResumeCase(ModelKind.BertClasses, options, new StructureOptions(), true, 0, []);
            Interrupt(resumed, folder, how, atStep: 5);
            var recorder = new Recorder();
            Train(resumed, folder, recorder);
            Assert.Equal(how == Interruption.Cancel ? 5 : 4, recorder.Started!.StepsDone);
            Assert.Empty(recorder.Skipped);
            Assert.All(Directory.GetDirectories(folder["work"]), left => Assert.StartsWith("step-", Path.GetFileName(left), StringComparison.Ordinal));
        }
    }

    public void Dispose() => _bases.Dispose();

    private bool Holds(ResumeCase resumed)
    {
        using TemporaryFolder whole = new(), interrupted = new();
        var uninterrupted = new Recorder();
        string expected = Train(resumed, whole, uninterrupted);
        long done = 0, steps = uninterrupted.Steps.Count;
        foreach ((Interruption how, double when) in resumed.Interruptions)
        {
            if (done == steps)
                break;
            // Later than the last one.
            long atStep = done + 1 + (long)(when * (steps - done - 1));
            Interrupt(resumed, interrupted, how, atStep);
            done = atStep;
        }
        return Train(resumed, interrupted, new Recorder()) == expected;
    }

    private void Interrupt(ResumeCase resumed, TemporaryFolder folder, Interruption how, long atStep)
    {
        if (how == Interruption.Cancel)
        {
            using var cancellation = new CancellationTokenSource();
            try
            {
                Train(resumed, folder, new Recorder { AtStep = step => { if (step == atStep) cancellation.Cancel(); } }, cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                // Without validation data the last step is followed by nothing that could be cancelled.
            }
            return;
        }
        Assert.Throws<KilledException>(() => Train(resumed, folder, new Recorder { KillAtStep = atStep }));
        LeaveBehind(folder["work"], how);
    }

    /// <summary>What a process killed in the middle of a checkpoint's writing leaves behind.</summary>
    private static void LeaveBehind(string work, Interruption how)
    {
        if (Directory.GetDirectories(work, "step-*").Max() is not { } newest)
            return;
        string name = Path.GetFileName(newest), unique = Guid.NewGuid().ToString("N");
        switch (how)
        {
            case Interruption.KillInWrite:
                string next = Path.Combine(work, $".tmp-step-99999999-{unique}");
                Directory.CreateDirectory(next);
                File.WriteAllBytes(Path.Combine(next, TrainingCheckpoint.ModelFile), File.ReadAllBytes(Path.Combine(newest, TrainingCheckpoint.ModelFile))[..100]);
                break;
            case Interruption.KillInReplacement:
                Copy(newest, Path.Combine(work, $".tmp-{name}-{unique}"));
                Directory.Move(newest, Path.Combine(work, $".old-{name}-{unique}"));
                break;
            case Interruption.KillAfterReplacement:
                Copy(newest, Path.Combine(work, $".old-{name}-{unique}"));
                break;
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    /// <returns>The digest of the weights it ends with.</returns>
    private string Train(ResumeCase resumed, TemporaryFolder folder, Recorder recorder, CancellationToken cancellation = default)
    {
        using LanguageModel model = LanguageModel.FromPretrained(Base(resumed.Kind), resumed.Kind.Task(), resumed.Kind.Labels(), resumed.Structure);
        MaskingOptions? masking = resumed.Kind == ModelKind.BertMasked ? new() { MaskTokenId = 4, SpecialTokenIds = [0, 2] } : null;
        Trainer.Run(
            model, Cramped(resumed.Kind.Data(validation: false), resumed.Room), resumed.HasValidation ? Cramped(resumed.Kind.Data(validation: true), resumed.Room) : null, resumed.Options,
            folder["work"], recorder, cancellation, masking);
        model.MergeAdapters();
        return model.Save(folder["model"]);
    }

    private static ISequenceDataset Cramped(ISequenceDataset data, int room) => room == 0 ? data : new CrampedData(data, room);

    private string Base(ModelKind kind)
    {
        string folder = _bases[kind.Config().ModelType];
        if (!Directory.Exists(folder))
        {
            using LanguageModel model = LanguageModel.Create(kind.Config(), kind.BaseTask(), [], seed: 3);
            model.Save(folder);
        }
        return folder;
    }
}

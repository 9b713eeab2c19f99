using System.Security.Cryptography;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class ResumeTests
{
    private static readonly ToyData Data = ToyData.Make(70), Validation = ToyData.Make(30, seed: 2);

    // 70 examples in batches of 16: 5 steps an epoch, 20 in all.
    private static readonly TrainingOptions Options = new()
    {
        Epochs = 4, BatchSize = 16, LearningRate = 5e-3, Threads = 1, CheckpointEverySteps = 2, BestMetric = BestMetrics.MacroF1,
            CheckpointEverySeconds = 0,
    };

    private static readonly Lazy<string> Uninterrupted = new(() =>
    {
        using var folder = new TemporaryFolder();
        return Train(folder, new Recorder());
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(10)]
    [InlineData(13)]
    [InlineData(20)]
    public void Killed_at_a_step_and_resumed_the_weights_have_the_same_digest(int killAt)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<KilledException>(() => Train(folder, new Recorder { KillAtStep = killAt }));
        var recorder = new Recorder();
        Assert.Equal(Uninterrupted.Value, Train(folder, recorder));
        Assert.Equal(killAt <= 2 ? null : folder["work", TrainingCheckpoint.NameOf(LastCheckpointBefore(killAt))], recorder.Started!.ResumedFrom);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(119)]
    public void Killed_during_a_validation_and_resumed_the_weights_have_the_same_digest(int killAtRead)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<KilledException>(() => Train(folder, new Recorder(), new DyingData(Validation, Validation.Count + killAtRead)));
        Assert.Equal(Uninterrupted.Value, Train(folder, new Recorder()));
    }

    [Fact]
    public void Killed_many_times_in_a_row_the_weights_have_the_same_digest()
    {
        using var folder = new TemporaryFolder();
        for (int killAt = 3; killAt < 20; killAt += 3)
            Assert.Throws<KilledException>(() => Train(folder, new Recorder { KillAtStep = killAt }));
        Assert.Equal(Uninterrupted.Value, Train(folder, new Recorder()));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(12)]
    public void Cancelled_it_writes_a_checkpoint_and_resumes_from_that_very_step(int cancelAt)
    {
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Train(folder, new Recorder { AtStep = step =>
            { if (step == cancelAt) cancellation.Cancel(); } }, cancellation: cancellation));
        var recorder = new Recorder();
        Assert.Equal(Uninterrupted.Value, Train(folder, recorder));
        Assert.Equal(cancelAt, recorder.Started!.StepsDone);
    }

    [Fact]
    public void With_two_threads_a_resumed_training_has_the_same_digest_too()
    {
        TrainingOptions options = Options with { Threads = 2, Epochs = 2 };
        using TemporaryFolder whole = new(), killed = new();
        string expected = Train(whole, new Recorder(), options: options);
        Assert.Throws<KilledException>(() => Train(killed, new Recorder { KillAtStep = 7 }, options: options));
        Assert.Equal(expected, Train(killed, new Recorder(), options: options));
    }

    [Fact]
    public void Pieces_halved_before_the_interruption_stay_so_after_it()
    {
        // Batches of 16 and of 3 sequences: memory holds 3, so the first ends in pieces of 2, and the second is then computed in pieces too, though it would fit whole. With dropout the
        // draws of pieces are others.
        ToyData data = ToyData.Make(19);
        TrainingOptions options = Options with { Epochs = 1, CheckpointEverySteps = 1 };
        options = options with { Seed = Enumerable.Range(1, 100).First(seed => Batcher.Shuffled(data, 16, seed, 0)[0].Length == 16) };
        using TemporaryFolder whole = new(), killed = new(), roomy = new();
        string expected = Cramped(whole, new Recorder(), 3);
        Assert.Throws<KilledException>(() => Cramped(killed, new Recorder { KillAtStep = 2 }, 3));
        var recorder = new Recorder();
        Assert.Equal(expected, Cramped(killed, recorder, 3));
        Assert.Equal(1, recorder.Started!.StepsDone);
        Assert.NotEqual(expected, Cramped(roomy, new Recorder(), 16));

        string Cramped(TemporaryFolder folder, Recorder observer, int room)
        {
            using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
            Trainer.Run(model, new CrampedData(data, room), Validation, options, folder["work"], observer, TestContext.Current.CancellationToken);
            return model.Save(folder["model"]);
        }
    }

    [Fact]
    public void A_finished_training_that_is_run_again_computes_no_step()
    {
        using var folder = new TemporaryFolder();
        Train(folder, new Recorder());
        var recorder = new Recorder();
        Assert.Equal(Uninterrupted.Value, Train(folder, recorder));
        Assert.Empty(recorder.Steps);
    }

    [Theory]
    [InlineData("model.safetensors", true)]
    [InlineData("optimizer.safetensors", false)]
    [InlineData("state.json", true)]
    [InlineData("state.json", false)]
    public void A_damaged_checkpoint_is_reported_and_the_one_before_is_taken(string file, bool truncate)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<KilledException>(() => Train(folder, new Recorder { KillAtStep = 9 }));
        string damaged = folder["work", TrainingCheckpoint.NameOf(8)];
        Damage(Path.Combine(damaged, file), truncate);
        var recorder = new Recorder();
        Assert.Equal(Uninterrupted.Value, Train(folder, recorder));
        Assert.Equal([damaged], recorder.Skipped.Select(skipped => skipped.Folder));
        Assert.Equal(6, recorder.Started!.StepsDone);
    }

    [Fact]
    public void When_the_best_checkpoint_is_damaged_those_that_rest_on_it_are_not_used()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<KilledException>(() => Train(folder, new Recorder { KillAtStep = 9 }));
        long best = TrainingCheckpoint.Read(folder["work", TrainingCheckpoint.NameOf(8)]).State.Best!.Step;
        Damage(folder["work", TrainingCheckpoint.NameOf(best), "model.safetensors"], truncate: false);
        var recorder = new Recorder();
        Assert.Equal(Uninterrupted.Value, Train(folder, recorder));
        Assert.Equal(0, recorder.Started!.StepsDone);
        Assert.Equal(3, recorder.Skipped.Count);
    }

    [Fact]
    public void Another_number_of_threads_is_said_and_another_learning_rate_starts_anew()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<KilledException>(() => Train(folder, new Recorder { KillAtStep = 9 }));
        var recorder = new Recorder { KillAtStep = 9 };
        Assert.Throws<KilledException>(() => Train(folder, recorder, options: Options with { Threads = 2 }));
        Assert.Contains(recorder.Notes, note => note.Contains("1 threads", StringComparison.Ordinal) && note.Contains("with 2",
            StringComparison.Ordinal));
        var other = new Recorder { KillAtStep = 1 };
        Assert.Throws<KilledException>(() => Train(folder, other, options: Options with { LearningRate = 1e-3 }));
        Assert.Equal(0, other.Started!.StepsDone);
        Assert.NotEmpty(other.Skipped);
    }

    [Fact]
    public void Only_the_newest_checkpoints_and_the_best_are_kept()
    {
        using var folder = new TemporaryFolder();
        Train(folder, new Recorder());
        string[] kept = [.. Directory.GetDirectories(folder["work"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        long best = TrainingCheckpoint.Read(folder["work", TrainingCheckpoint.NameOf(20)]).State.Best!.Step;
        Assert.Equal(new[] { best, 18, 20 }.Distinct().Select(TrainingCheckpoint.NameOf), kept);
    }

    private static long LastCheckpointBefore(int step) => new[] { 2, 4, 5, 6, 8, 10, 12, 14, 15, 16, 18, 20 }.Last(s => s < step);

    private static void Damage(string path, bool truncate)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (truncate)
            bytes = bytes[..(bytes.Length / 2)];
        else
            bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static string Train(
        TemporaryFolder folder, ITrainingObserver observer, ISequenceDataset? validation = null, TrainingOptions? options = null,
            CancellationTokenSource? cancellation = null)
    {
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
        Trainer.Run(model, Data, validation ?? Validation, options ?? Options, folder["work"], observer, cancellation?.Token
            ?? TestContext.Current.CancellationToken);
        string digest = model.Save(folder["model"]);
        Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder["model", "model.safetensors"]))));
        return digest;
    }

    private sealed class DyingData(ISequenceDataset inner, int readsToLive) : ISequenceDataset
    {
        private int _reads;

        public int Count => inner.Count;

        public int Length(int index) => inner.Length(index);

        public int Label(int index) => inner.Label(index);

        public void CopyTokens(int index, Span<int> destination)
        {
            if (++_reads > readsToLive)
                throw new KilledException();
            inner.CopyTokens(index, destination);
        }
    }
}

using System.Security.Cryptography;
using System.Text.Json;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Training;

/// <summary>What changed between the interruption and the resumption is noticed, and said.</summary>
public class ResumeNotesTests
{
    private static readonly TrainingOptions Options = new() { Epochs = 2, BatchSize = 10, LearningRate = 5e-3, Threads = 1, CheckpointEverySteps = 2, CheckpointEverySeconds = 0 };

    [Fact]
    public void Another_device_other_algorithms_and_another_libtorch_are_said()
    {
        using var folder = new TemporaryFolder();
        Kill(folder, Options);
        Rewrite(folder["step-00000002"], state => state with { Device = "cuda:3", Deterministic = true, TorchVersion = "1.0.0" });
        Recorder recorder = Resume(folder, Options);
        Assert.Equal(2, recorder.Started!.StepsDone);
        Assert.Contains("The training was interrupted after step 2: it ran on cuda:3 and goes on on cpu, so the result will not be bit-identical to an uninterrupted one.", recorder.Notes);
        Assert.Contains(recorder.Notes, note => note.Contains("it ran with libtorch 1.0.0 and goes on with ", StringComparison.Ordinal));
        Assert.Contains(recorder.Notes, note => note.Contains("it ran with deterministic algorithms alone and goes on with all algorithms", StringComparison.Ordinal));
        Assert.Equal(3, recorder.Notes.Count);
    }

    [Fact]
    public void Another_size_of_pieces_is_said()
    {
        using var folder = new TemporaryFolder();
        Kill(folder, Options);
        Recorder recorder = Resume(folder, Options with { MicroBatchSize = 5 });
        Assert.Equal(
            ["The training was interrupted after step 2: it was asked to compute whole batches and goes on with 5 sequences at once, so the result will not be bit-identical to an uninterrupted one."],
            recorder.Notes);
    }

    [Fact]
    public void Nothing_is_said_where_nothing_changed()
    {
        using var folder = new TemporaryFolder();
        Kill(folder, Options);
        Recorder recorder = Resume(folder, Options with { CheckpointEverySteps = 1, KeepCheckpoints = 5 });
        Assert.Equal(2, recorder.Started!.StepsDone);
        Assert.Empty(recorder.Notes);
        Assert.Empty(recorder.Skipped);
    }

    [Fact]
    public void Another_batch_size_leaves_the_interrupted_training_behind_and_says_so()
    {
        using var folder = new TemporaryFolder();
        Kill(folder, Options);
        Recorder recorder = Resume(folder, Options with { BatchSize = 15, LabelSmoothing = 0.1 });
        Assert.Equal(0, recorder.Started!.StepsDone);
        Assert.Equal(
            [(folder["step-00000002"], "it belongs to another training, which is left behind: BatchSize was 10 and is 15, LabelSmoothing was 0 and is 0.1.")], recorder.Skipped);
    }

    [Fact]
    public void An_interrupted_training_in_another_folder_is_said_where_options_alone_differ()
    {
        using TemporaryFolder first = new(), second = new();
        Kill(first, Options);
        var recorder = new Recorder();
        Run(second, Options with { BatchSize = 8 }, recorder, others: [first["nothing"], first.Path]);
        Assert.Equal(["A training of the same model and data, interrupted after step 2, is left behind: BatchSize was 10 and is 8. As it was, it would go on."], recorder.Notes);

        using TemporaryFolder third = new(), fourth = new();
        var of = new Recorder();
        Run(third, Options with { BatchSize = 8 }, of, seed: 5, others: [first.Path]);
        Assert.Empty(of.Notes);
        File.WriteAllText(first["step-00000002", "state.json"], "{");
        Run(fourth, Options with { BatchSize = 8 }, of, others: [first.Path]);
        Assert.Empty(of.Notes);
    }

    [Fact]
    public void Other_weights_at_the_start_are_another_training_though_all_shapes_are_the_same()
    {
        using var folder = new TemporaryFolder();
        Kill(folder, Options);
        Recorder recorder = Resume(folder, Options, seed: 4);
        Assert.Equal(0, recorder.Started!.StepsDone);
        Assert.EndsWith("left behind: the weights at the start differ.", Assert.Single(recorder.Skipped).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_frozen_weights_are_another_training()
    {
        using var folder = new TemporaryFolder();
        Kill(folder, Options, model => model.Freeze(1, embeddings: true));
        Recorder recorder = Resume(folder, Options, prepare: model =>
        {
            using var noGrad = TorchSharp.torch.no_grad();
            model.Parameters[0].Value[7].Fill(0.5);
            model.Freeze(1, embeddings: true);
        });
        Assert.EndsWith("left behind: the weights at the start differ.", Assert.Single(recorder.Skipped).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Adapters_that_count_otherwise_are_another_training_though_all_weights_are_the_same()
    {
        using var folder = new TemporaryFolder();
        using (LanguageModel made = LanguageModel.Create(ToyData.Config, ModelTask.MaskedLanguageModeling, [], seed: 3))
            made.Save(folder["base"]);
        Assert.Throws<KilledException>(() => Adapt(16, new Recorder { KillAtStep = 3 }));
        var recorder = new Recorder();
        Adapt(8, recorder);
        Assert.Equal(0, recorder.Started!.StepsDone);
        Assert.EndsWith(
            "left behind: LoRA was rank 2, alpha 16, dropout 0, query value and is rank 2, alpha 8, dropout 0, query value.", Assert.Single(recorder.Skipped).Reason, StringComparison.Ordinal);

        void Adapt(double alpha, Recorder observer)
        {
            var structure = new StructureOptions { Lora = new() { Rank = 2, Alpha = alpha } };
            using LanguageModel model = LanguageModel.FromPretrained(folder["base"], ModelTask.SequenceClassification, ["no", "yes"], structure);
            Trainer.Run(model, ToyData.Make(40), null, Options, folder["work"], observer, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void A_checkpoint_of_an_older_layout_is_skipped_with_its_format()
    {
        using var folder = new TemporaryFolder();
        Kill(folder, Options);
        string path = folder["step-00000002", "state.json"];
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"format\": 3", "\"format\": 2", StringComparison.Ordinal));
        Assert.Contains("has format 2; this program reads format 3", Assert.Single(Resume(folder, Options).Skipped).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_that_can_change_the_result_is_part_of_the_identity()
    {
        // Those of no matter on the CPU, or said when a training is resumed.
        string[] free =
        [
            nameof(TrainingOptions.CheckpointEverySteps), nameof(TrainingOptions.CheckpointEverySeconds), nameof(TrainingOptions.KeepCheckpoints), nameof(TrainingOptions.Threads),
            nameof(TrainingOptions.MicroBatchSize), nameof(TrainingOptions.Deterministic),
        ];
        using var task = new FakeTask(2, (x, _) => x);
        string before = TrainingIdentity.Digest(TrainingIdentity.Of(new TrainingOptions(), task));
        foreach (var property in typeof(TrainingOptions).GetProperties())
        {
            var options = new TrainingOptions();
            property.SetValue(options, OtherValue.Of(property, options));
            string after = TrainingIdentity.Digest(TrainingIdentity.Of(options, task));
            Assert.True((before == after) == free.Contains(property.Name), property.Name);
        }
    }

    private static void Kill(TemporaryFolder folder, TrainingOptions options, Action<LanguageModel>? prepare = null) =>
        Assert.Throws<KilledException>(() => Run(folder, options, new Recorder { KillAtStep = 3 }, prepare: prepare));

    private static Recorder Resume(TemporaryFolder folder, TrainingOptions options, long seed = 3, Action<LanguageModel>? prepare = null)
    {
        var recorder = new Recorder();
        Run(folder, options, recorder, seed, prepare);
        return recorder;
    }

    private static void Run(TemporaryFolder folder, TrainingOptions options, Recorder recorder, long seed = 3, Action<LanguageModel>? prepare = null, IEnumerable<string>? others = null)
    {
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["no", "yes"], seed);
        prepare?.Invoke(model);
        Trainer.Run(model, ToyData.Make(40), ToyData.Make(10, seed: 2), options, folder.Path, recorder, TestContext.Current.CancellationToken, otherWorkFolders: others);
    }

    private static void Rewrite(string checkpoint, Func<TrainingState, TrainingState> change)
    {
        string path = Path.Combine(checkpoint, TrainingCheckpoint.StateFile);
        CheckpointManifest manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), CheckpointJsonContext.Default.CheckpointManifest)!;
        TrainingState state = change(manifest.State);
        string digest = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(state, CheckpointJsonContext.Default.TrainingState)));
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(manifest with { State = state, StateDigest = digest }, CheckpointJsonContext.Default.CheckpointManifest));
    }
}

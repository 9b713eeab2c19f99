using FineTuneWorkflows.Learning.Data;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Memory;
using FineTuneWorkflows.Learning.Training.Tasks;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class MemoryEstimateTests
{
    private static readonly EncoderConfig Config = ToyData.Config with { HiddenSize = 128, HeadCount = 4, IntermediateSize = 512, LayerCount = 3, MaxPositions = 512 };

    [Theory]
    [InlineData(24, 64, false, 0.1)] // more places than the joined projections take
    [InlineData(15, 64, false, 0.1)] // few
    [InlineData(24, 64, false, 0.0)]
    [InlineData(4, 300, false, 0.0)] // longer than attention is computed in full
    [InlineData(24, 64, true, 0.1)]
    public void What_is_counted_is_what_the_tensors_of_a_step_hold(int sequences, int tokens, bool checkpointing, double dropout)
    {
        EncoderConfig config = Config with { HiddenDropout = dropout, AttentionDropout = dropout };
        using LanguageModel model = LanguageModel.Create(config, ModelTask.SequenceClassification, ["a", "b"], 1);
        ToyData data = Lengths(sequences, tokens);
        var options = new TrainingOptions { BatchSize = sequences, GradientCheckpointing = checkpointing, Threads = 1 };
        MemoryEstimate estimate = MemoryEstimate.Of(model, options, BatchShape.OfTraining(options, data));

        long forward = Step(model, data, options);
        // With checkpointing one layer's own tensors are there only while it runs; after the forward pass its inputs are, and their gradients are not yet.
        if (checkpointing && AllocatedMemory.CanBeTold)
            Assert.InRange(forward, 0.3 * (estimate.Activations - LayerOf(config, options, estimate.Batch)), estimate.Activations - LayerOf(config, options, estimate.Batch));
        else if (!checkpointing)
            AssertClose(estimate.Activations, forward);
        using var optimizer = new AdamW(model.TrainableParameters, options, 1);
        Assert.Equal(model.Parameters.Sum(p => TensorMemory.Length(p.Value)), estimate.Weights);
        Assert.Equal(model.Parameters.Sum(p => TensorMemory.Length(p.Value.grad!)), estimate.Gradients);
        Assert.Equal(optimizer.State().Sum(pair => TensorMemory.Length(pair.Value)), estimate.Moments);
    }

    [Fact]
    public void Masked_words_keep_their_logits_and_frozen_layers_need_no_gradients()
    {
        using LanguageModel model = LanguageModel.Create(Config, ModelTask.MaskedLanguageModeling, [], 1);
        model.Freeze(2, embeddings: false);
        ToyData data = Lengths(16, 32);
        var options = new TrainingOptions { BatchSize = 16, Threads = 1 };
        var masking = new MaskingOptions { MaskTokenId = 4, SpecialTokenIds = [0, 1, 2, 3, 4], Probability = 0.25 };
        MemoryEstimate estimate = MemoryEstimate.Of(model, options, BatchShape.OfTraining(options, data), predictedShare: masking.Probability);

        AssertClose(estimate.Activations, Step(model, data, options, masking));
        Assert.Equal(model.TrainableParameters.Sum(p => TensorMemory.Length(p.Value.grad!)), estimate.Gradients);
        Assert.True(estimate.TrainableCount < estimate.ParameterCount);
    }

    [Theory]
    [InlineData("gpt2", 24, 64, 0.1)]
    [InlineData("llama", 24, 64, 0)]
    [InlineData("qwen2", 15, 64, 0)] // few places
    [InlineData("qwen3", 24, 64, 0)]
    [InlineData("mistral", 4, 300, 0)] // longer than attention is computed in full
    public void The_tensors_of_decoders_are_counted_family_by_family(string family, int sequences, int tokens, double dropout)
    {
        DecoderConfig config = DecoderConfig.For(family) with
        {
            VocabSize = 60, HiddenSize = 128, LayerCount = 2, HeadCount = 4, KeyValueHeadCount = family == "gpt2" ? null : 2, HeadSize = null, IntermediateSize = 384, MaxPositions = 512,
            HiddenDropout = dropout, AttentionDropout = dropout, EmbeddingDropout = dropout, StartTokenId = 1, EndTokenIds = [2], PadTokenId = 0,
        };
        using LanguageModel model = LanguageModel.Create(config, ModelTask.CausalLanguageModeling, [], 1);
        ToyData data = Lengths(sequences, tokens);
        var options = new TrainingOptions { BatchSize = sequences, Threads = 1 };
        MemoryEstimate estimate = MemoryEstimate.Of(model, options, BatchShape.OfTraining(options, data));

        AssertClose(estimate.Activations, Step(model, data, options));
        Assert.Equal(model.Parameters.Sum(p => TensorMemory.Length(p.Value.grad!)), estimate.Gradients);
    }

    [Theory]
    [InlineData("bert", false)]
    [InlineData("bert", true)]
    [InlineData("gpt2", false)]
    [InlineData("gpt2", true)]
    [InlineData("qwen2", false)]
    [InlineData("qwen2", true)]
    [InlineData("qwen3", true)]
    public void In_bfloat16_the_copies_of_the_weights_and_what_stays_in_32_bits_are_counted(string family, bool adapted)
    {
        Assert.SkipWhen(PrecisionSupport.Problem(TorchDevice.Cpu, Precision.BFloat16) is not null, "This CPU has no bfloat16.");
        double dropout = family.StartsWith("qwen", StringComparison.Ordinal) ? 0 : 0.1;
        ModelConfig config = family == "bert" ? Config : DecoderConfig.For(family) with
        {
            VocabSize = 200, HiddenSize = 128, LayerCount = 2, HeadCount = 4, KeyValueHeadCount = family == "gpt2" ? null : 2, HeadSize = null, IntermediateSize = 384, MaxPositions = 512,
            HiddenDropout = dropout, AttentionDropout = dropout, EmbeddingDropout = dropout, StartTokenId = 1, EndTokenIds = [2], PadTokenId = 0,
        };
        using LanguageModel model = family == "bert"
            ? LanguageModel.Create(config, ModelTask.SequenceClassification, ["a", "b"], 1) : LanguageModel.Create(config, ModelTask.CausalLanguageModeling, [], 1);
        if (adapted)
            model.Prepare(new() { Lora = new() { Rank = 4, TargetModules = [LoraOptions.AllLinear] } });
        ToyData data = Lengths(64, 64);
        var options = new TrainingOptions { BatchSize = 64, Threads = 1, Precision = Precision.BFloat16 };
        MemoryEstimate estimate = MemoryEstimate.Of(model, options, BatchShape.OfTraining(options, data));

        AssertClose(estimate.Activations, Step(model, data, options));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(1, false)]
    public void What_is_frozen_keeps_little_or_nothing(int layers, bool embeddings)
    {
        using LanguageModel model = LanguageModel.Create(Config, ModelTask.SequenceClassification, ["a", "b"], 1);
        model.Freeze(layers, embeddings);
        ToyData data = Lengths(64, 64);
        var options = new TrainingOptions { BatchSize = 64, Threads = 1 };
        long kept = Step(model, data, options), estimated = MemoryEstimate.Of(model, options, BatchShape.OfTraining(options, data)).Activations;
        if (layers < Config.LayerCount)
            AssertClose(estimated, kept);
        else if (AllocatedMemory.CanBeTold)
            Assert.InRange(kept, 0, 3 << 20); // the last hidden states, 2 MB
    }

    [Theory]
    [InlineData("llama", 0.0)]
    [InlineData("gpt2", 0.1)]
    public void Adapters_of_queries_and_values_alone_keep_the_inputs_of_these(string family, double dropout)
    {
        DecoderConfig config = DecoderConfig.For(family) with
        {
            VocabSize = 60, HiddenSize = 128, LayerCount = 6, HeadCount = 4, KeyValueHeadCount = null, HeadSize = null, IntermediateSize = 384, MaxPositions = 512,
            HiddenDropout = 0, AttentionDropout = 0, EmbeddingDropout = 0, StartTokenId = 1, EndTokenIds = [2], PadTokenId = 0,
        };
        using LanguageModel model = LanguageModel.Create(config, ModelTask.CausalLanguageModeling, [], 1);
        model.Prepare(new() { Lora = new() { Rank = 4, Dropout = dropout } });
        ToyData data = Lengths(64, 64);
        var options = new TrainingOptions { BatchSize = 64, Threads = 1 };
        AssertClose(MemoryEstimate.Of(model, options, BatchShape.OfTraining(options, data)).Activations, Step(model, data, options));
    }

    [Fact]
    public void A_model_that_is_not_there_yet_is_estimated_as_one_that_is()
    {
        using LanguageModel model = LanguageModel.Create(Config, ModelTask.TokenClassification, ["O", "B-x", "I-x"], 1);
        model.Freeze(1, embeddings: true);
        var options = new TrainingOptions { BatchSize = 8 };
        var batch = new BatchShape(8 * 40, 40);
        Assert.Equal(
            MemoryEstimate.Of(model, options, batch, batch),
            MemoryEstimate.Of(Config, new() { FreezeLayers = 1, FreezeEmbeddings = true }, ModelTask.TokenClassification, 3, default, options, batch, batch));
    }

    [Fact]
    public void Pieces_token_budgets_and_checkpointing_lower_the_peak()
    {
        long whole = Peak(new() { BatchSize = 64 });
        Assert.True(Peak(new() { BatchSize = 64, MicroBatchSize = 8 }) < whole);
        Assert.True(Peak(new() { BatchSize = 64, BatchTokens = 512 }) < whole);
        Assert.True(Peak(new() { BatchSize = 64, GradientCheckpointing = true }) < whole);

        static long Peak(TrainingOptions options) => MemoryEstimate.Of(
            Config, new(), ModelTask.SequenceClassification, 2, default, options, BatchShape.OfTraining(options, 128)).Peak;
    }

    [Fact]
    public void The_largest_piece_is_that_of_the_batches_that_training_makes()
    {
        var data = new ToyData([.. Enumerable.Range(1, 24).Select(length => new int[length])], new int[24]);
        var options = new TrainingOptions { BatchSize = 8, BatchTokens = 100 };
        BatchShape largest = BatchShape.OfTraining(options, data);
        int[][] batches = Batcher.Shuffled(data, 8, options.Seed, 0, 100);
        Assert.Equal(batches.Max(batch => batch.Length * batch.Max(data.Length)), largest.Places);
        Assert.Equal(new BatchShape(8 * 24, 24), BatchShape.OfValidation(options, data));
        Assert.Equal(new BatchShape(100, 24), BatchShape.OfTraining(options, 24));
        Assert.Equal(new BatchShape(24, 24), BatchShape.OfTraining(options with { BatchTokens = 10 }, 24));
    }

    [Fact]
    public void The_trainer_says_it_before_the_first_step_and_the_processor_has_memory()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "b"], 1);
        var heard = new Heard();
        Trainer.Run(
            model, ToyData.Make(8), null, new TrainingOptions { Epochs = 1, BatchSize = 4, Threads = 1 }, folder.Path, heard, TestContext.Current.CancellationToken);
        Assert.Equal((0, model.ParameterCount), (heard.StepsBefore, heard.Estimate!.ParameterCount));
        Assert.Contains("weights", heard.Estimate.ToString(), StringComparison.Ordinal);
        Assert.InRange(DeviceMemory.Total(TorchDevice.Cpu)!.Value, 1L << 28, 1L << 50);
    }

    private static long LayerOf(EncoderConfig config, TrainingOptions options, BatchShape batch)
    {
        return Activations(3) - Activations(2);

        long Activations(int layers) => MemoryEstimate.Of(
            config with { LayerCount = layers }, new(), ModelTask.SequenceClassification, 2, default, options with { GradientCheckpointing = false }, batch).Activations;
    }

    private static ToyData Lengths(int count, int tokens) =>
        new([.. Enumerable.Range(0, count).Select(i => Enumerable.Range(0, tokens).Select(k => 10 + ((i + k) % 50)).ToArray())], new int[count]);

    /// <summary>Computes a step's loss and gradients, and gives the bytes that the forward pass left for the backward one: the middle one of five, as the runtime takes memory and frees it too.</summary>
    private static long Step(LanguageModel model, ToyData data, TrainingOptions options, MaskingOptions? masking = null)
    {
        using TorchSession session = TorchSession.Enter(1);
        ITrainingTask task = TrainingTasks.Make(model, data, null, options, masking);
        task.CheckData();
        int[] all = [.. Enumerable.Range(0, data.Count)];
        long[] kept = new long[5];
        for (int i = 0; i < kept.Length; i++)
        {
            // Copies of frozen weights are made anew.
            model.ComputeIn(options.Precision == Precision.BFloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32);
            long before = AllocatedMemory.CanBeTold ? AllocatedMemory.Now() : 0;
            using var scope = torch.NewDisposeScope();
            BatchLoss loss = task.Loss(all, 0);
            kept[i] = AllocatedMemory.CanBeTold ? AllocatedMemory.Now() - before : 0;
            loss.Backward();
        }
        Array.Sort(kept);
        return kept[kept.Length / 2];
    }

    private static void AssertClose(long estimated, long found)
    {
        if (AllocatedMemory.CanBeTold)
            Assert.InRange(found / (double)estimated, 0.9, 1.1);
    }

    private sealed class Heard : ITrainingObserver
    {
        private int _steps;

        public MemoryEstimate? Estimate { get; private set; }

        public int StepsBefore { get; private set; }

        public void OnMemory(MemoryEstimate estimate, TorchDevice device) => (Estimate, StepsBefore) = (estimate, _steps);

        public void OnStep(TrainingStep step) => _steps++;
    }
}

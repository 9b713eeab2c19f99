using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Decoders;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Training;

/// <summary>The numbers are worked out by hand from the toy's sizes: vocabulary 60, width 16, 2 layers, 2 heads, inner width 32.</summary>
public class StepOperationsTests
{
    // A layer's matrices: query, key, value and output 16 x 16 each, 16 x 32 and 32 x 16.
    private const double Square = 256, Inner = 512, Layer = (4 * Square) + (2 * Inner);

    // A head for 2 classes of sequences: 16 x 16 and 16 x 2.
    private const double Head = 256 + 32;

    [Fact]
    public void Full_training_takes_six_for_each_weight_and_token_and_PaLMs_share_for_attention()
    {
        double expected = (6 * 2 * Layer * (5 + 9)) + (12 * 2 * 16 * (25 + 81)) + (6 * Head * 2);
        Assert.Equal(expected, Of(ModelTask.SequenceClassification, new(), [5, 9]));
    }

    [Fact]
    public void BERT_base_takes_what_PaLMs_formula_says()
    {
        using LanguageModel model = LanguageModel.Declare(ModelPresets.Get("base"), ModelTask.SequenceClassification, ["a", "b"], TorchDevice.Nowhere, "test");
        const double weights = 12 * ((4.0 * 768 * 768) + (2 * 768 * 3072)), head = (768.0 * 768) + (2 * 768);
        double perToken = (6 * weights) + (12 * 12 * 12 * 64 * 128.0);
        Assert.Equal((8 * 128 * perToken) + (8 * 6 * head), new StepOperations(model).Of([.. Enumerable.Repeat(128, 8)], 0));
    }

    [Fact]
    public void Frozen_layers_at_the_bottom_are_computed_forwards_alone_and_the_lowest_trained_has_no_gradient_to_pass_on()
    {
        double frozen = 2 * Layer, lowest = (4 * 3 * Square) + (6 * (Square + (2 * Inner)));
        double attention = (4 + 12) * 16;
        Assert.Equal(((frozen + lowest) * 7) + (attention * 49) + (6 * Head), Of(ModelTask.SequenceClassification, new() { FreezeLayers = 1, FreezeEmbeddings = true }, [7]));
    }

    [Fact]
    public void Frozen_layers_above_what_is_trained_pass_gradients_on()
    {
        // The embeddings below are trained.
        double expected = (((4 * Layer) + (6 * Layer)) * 7) + (2 * 12 * 16 * 49) + (6 * Head);
        Assert.Equal(expected, Of(ModelTask.SequenceClassification, new() { FreezeLayers = 1 }, [7]));
    }

    [Fact]
    public void Beside_adapters_the_base_passes_gradients_on_as_far_down_as_the_lowest_adapter()
    {
        var lora = new LoraOptions { Rank = 4 };
        // The first layer's query and value have adapters, whose input needs no gradient; its key neither.
        double adapter = 4 * 16, first = (2 * 3 * Square) + (4 * (Square + (2 * Inner))) + (2 * (4 + 6) * adapter);
        double second = (4 * Layer) + (2 * (6 + 6) * adapter);
        double attention = ((4 + 2 + 2 + 2) + 12) * 16;
        Assert.Equal(((first + second) * 7) + (attention * 49) + (6 * Head), Of(ModelTask.SequenceClassification, new() { Lora = lora }, [7]));
    }

    [Fact]
    public void Of_masked_words_the_vocabulary_is_computed_for_the_predicted_tokens_alone()
    {
        double perPrediction = 6 * (Square + (60 * 16));
        Assert.Equal((6 * 2 * Layer * 9) + (12 * 2 * 16 * 81) + (2 * perPrediction), Of(ModelTask.MaskedLanguageModeling, new(), [9], predictions: 2));
        // Frozen words take no gradient of their own, but pass one on to what is trained between them and the logits.
        double frozenWords = (6 * Square) + (4 * 60 * 16), lowest = (4 * 3 * Square) + (6 * (Square + (2 * Inner)));
        Assert.Equal(
            (((6 * Layer) + lowest) * 9) + (12 * 2 * 16 * 81) + (2 * frozenWords), Of(ModelTask.MaskedLanguageModeling, new() { FreezeEmbeddings = true }, [9], predictions: 2));
    }

    [Fact]
    public void Decoders_count_shared_keys_gates_their_own_output_and_windows()
    {
        DecoderConfig config = DecoderConfig.For("mistral") with
        {
            VocabSize = 60, HiddenSize = 16, LayerCount = 2, HeadCount = 4, KeyValueHeadCount = 2, IntermediateSize = 32, MaxPositions = 24, SlidingWindow = 6, TieWordEmbeddings = false,
            StartTokenId = null, EndTokenIds = [],
        };
        using LanguageModel model = LanguageModel.Declare(config, ModelTask.CausalLanguageModeling, [], TorchDevice.Nowhere, "test");
        const double layer = (2 * 16 * 16) + (2 * 16 * 8) + (3 * 16 * 32);
        Assert.Equal((6 * 2 * layer * 10) + (12 * 2 * 16 * 10 * 6) + (6 * 60 * 16 * 9), new StepOperations(model).Of([10], 9));
        Assert.Equal((6 * 2 * layer * 5) + (12 * 2 * 16 * 25) + (6 * 60 * 16 * 4), new StepOperations(model).Of([5], 4));
    }

    [Fact]
    public void GPT2s_joined_projection_counts_once()
    {
        DecoderConfig config = DecoderConfig.For("gpt2") with { VocabSize = 60, HiddenSize = 16, LayerCount = 2, HeadCount = 2, IntermediateSize = 32, MaxPositions = 24, StartTokenId = null, EndTokenIds = [] };
        using LanguageModel model = LanguageModel.Declare(config, ModelTask.CausalLanguageModeling, [], TorchDevice.Nowhere, "test");
        Assert.Equal((6 * 2 * Layer * 10) + (12 * 2 * 16 * 100) + (6 * 60 * 16 * 9), new StepOperations(model).Of([10], 9));
    }

    [Fact]
    public void A_tasks_loss_says_the_operations_of_its_own_lengths_and_predictions()
    {
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.TokenClassification, ["O", "B-x", "I-x"], seed: 1);
        var data = new LabelledData([[2, 10, 11, 12], [2, 20]]) { TokenLabels = [[-100, 1, 2, 0], [-100, 1]] };
        ITrainingTask task = TrainingTasks.Make(model, data, null, new TrainingOptions(), null);
        using var scope = torch.NewDisposeScope();
        Assert.Equal((6 * 2 * Layer * 6) + (12 * 2 * 16 * (16 + 4)) + (4 * 6 * 48), task.Loss([0, 1], 0).Operations);
    }

    private static double Of(ModelTask task, StructureOptions structure, int[] lengths, int predictions = 0)
    {
        using LanguageModel model = LanguageModel.Declare(ToyData.Config, task, task == ModelTask.SequenceClassification ? ["a", "b"] : [], TorchDevice.Cpu, "test");
        model.Prepare(structure);
        return new StepOperations(model).Of(lengths, predictions);
    }
}

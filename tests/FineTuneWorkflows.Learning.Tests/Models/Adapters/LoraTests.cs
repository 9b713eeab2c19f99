using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models.Adapters;

/// <summary>Adapters beside a base's weights.</summary>
public class LoraTests
{
    private static readonly LoraOptions All = new() { Rank = 3, Alpha = 12, TargetModules = [LoraOptions.AllLinear] };

    public static TheoryData<string> Families => ["bert", "roberta", "distilbert", "gpt2", "llama", "mistral", "qwen2", "qwen3"];

    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        var options = new LoraOptions();
        Assert.Equal((8, 16.0, 0.0, 0), (options.Rank, options.Alpha, options.Dropout, options.TargetModules.Count));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Fresh_adapters_change_no_logit(string family)
    {
        using var folder = new TemporaryFolder();
        AdaptedModel.WriteBase(family, folder.Path);
        using LanguageModel plain = LanguageModel.Load(folder.Path), adapted = AdaptedModel.Load(folder.Path, family, All, filled: false);
        Assert.Equal(AdaptedModel.Logits(plain), AdaptedModel.Logits(adapted));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Merged_adapters_give_the_logits_of_adapters_that_stand_beside(string family)
    {
        using var folder = new TemporaryFolder();
        AdaptedModel.WriteBase(family, folder.Path);
        using LanguageModel plain = LanguageModel.Load(folder.Path), adapted = AdaptedModel.Load(folder.Path, family, All);
        float[] beside = AdaptedModel.Logits(adapted);
        Assert.True(AdaptedModel.Distance(AdaptedModel.Logits(plain), beside) > 0.01, "the adapters change nothing, so they show nothing");
        adapted.MergeAdapters();
        Assert.Null(adapted.Lora);
        Assert.Equal(plain.Parameters.Select(p => p.Name), adapted.Parameters.Select(p => p.Name));
        Assert.True(AdaptedModel.Distance(beside, AdaptedModel.Logits(adapted)) < 1e-4);
    }

    [Theory]
    [InlineData("bert", new[] { "query", "value" })]
    [InlineData("roberta", new[] { "query", "value" })]
    [InlineData("distilbert", new[] { "q_lin", "v_lin" })]
    [InlineData("gpt2", new[] { "c_attn" })]
    [InlineData("llama", new[] { "q_proj", "v_proj" })]
    [InlineData("qwen3", new[] { "q_proj", "v_proj" })]
    public void Queries_and_values_are_adapted_unless_others_are_named(string family, string[] layers)
    {
        using var folder = new TemporaryFolder();
        AdaptedModel.WriteBase(family, folder.Path);
        using LanguageModel model = AdaptedModel.Load(folder.Path, family, new LoraOptions { Rank = 2 });
        Assert.Equal(2 * layers.Length, model.AdaptedLayers.Count());
        Assert.All(model.AdaptedLayers, layer => Assert.Contains(layers, name => layer.Name.EndsWith("." + name, StringComparison.Ordinal)));
        Assert.Equal(layers, model.Lora!.TargetModules);
    }

    [Fact]
    public void All_linear_takes_every_linear_layer_below_the_head_and_longer_names_tell_layers_apart()
    {
        using var folder = new TemporaryFolder();
        AdaptedModel.WriteBase("bert", folder.Path);
        using LanguageModel all = AdaptedModel.Load(folder.Path, "bert", All), some = AdaptedModel.Load(folder.Path, "bert", All with { TargetModules = ["attention.output.dense"] });
        Assert.Equal(2 * 6, all.AdaptedLayers.Count());
        Assert.Equal(["bert.encoder.layer.0.attention.output.dense", "bert.encoder.layer.1.attention.output.dense"], some.AdaptedLayers.Select(layer => layer.Name));
    }

    [Fact]
    public void Training_changes_adapters_and_a_head_for_classes_alone()
    {
        using TemporaryFolder folder = new(), work = new();
        AdaptedModel.WriteBase("bert", folder.Path);
        using LanguageModel model = AdaptedModel.Load(folder.Path, "bert", new LoraOptions { Rank = 2, Dropout = 0.1 }, filled: false);
        Dictionary<string, float[]> before = Values(model);
        Trainer.Run(
            model, ToyData.Make(30), null, new TrainingOptions { Epochs = 2, BatchSize = 10, LearningRate = 1e-2, WarmupRatio = 0, Threads = 1 }, work.Path,
            cancellation: TestContext.Current.CancellationToken);
        foreach ((string name, float[] values) in Values(model))
        {
            bool trained = name.Contains("lora_", StringComparison.Ordinal) || name.StartsWith("classifier.", StringComparison.Ordinal) || name.StartsWith("bert.pooler.", StringComparison.Ordinal);
            Assert.Equal(trained, !values.AsSpan().SequenceEqual(before[name]));
        }
        Assert.Equal((4 * 2 * (16 + 16)) + (16 * 16) + 16 + (16 * 2) + 2, model.TrainableParameters.Sum(p => p.Value.NumberOfElements));
    }

    [Fact]
    public void Of_a_model_that_predicts_tokens_adapters_alone_are_trained()
    {
        using var folder = new TemporaryFolder();
        AdaptedModel.WriteBase("llama", folder.Path);
        using LanguageModel model = AdaptedModel.Load(folder.Path, "llama", All);
        Assert.All(model.TrainableParameters, parameter => Assert.Contains("lora_", parameter.Name, StringComparison.Ordinal));
    }

    /// <summary>With W' = W + s B A, the chain rule gives dA = s Bᵀ dW' and dB = s dW' Aᵀ, where dW' is the gradient of the merged matrix.</summary>
    [Theory]
    [InlineData("bert")]
    [InlineData("gpt2")]
    [InlineData("qwen3")]
    public void Gradients_of_adapters_are_the_merged_matrixs_gradient_by_the_chain_rule(string family)
    {
        using var folder = new TemporaryFolder();
        AdaptedModel.WriteBase(family, folder.Path);
        using LanguageModel adapted = AdaptedModel.Load(folder.Path, family, All), merged = AdaptedModel.Load(folder.Path, family, All);
        merged.MergeAdapters();
        foreach (ModelParameter parameter in merged.Parameters)
            parameter.Value.requires_grad = true;
        Backward(adapted);
        Backward(merged);
        using var scope = torch.NewDisposeScope();
        foreach (LinearLayer layer in adapted.AdaptedLayers)
        {
            torch.Tensor gradient = merged.Find(layer.Name + ".weight")!.Value.grad!;
            torch.Tensor whole = layer.IsTransposed ? gradient.t() : gradient, down = layer.Adapter!.Down.Value.detach(), up = layer.Adapter.Up.Value.detach();
            AssertClose((up.t().mm(whole) * 4).contiguous(), layer.Adapter.Down.Value.grad!);
            AssertClose((whole.mm(down.t()) * 4).contiguous(), layer.Adapter.Up.Value.grad!);
        }
    }

    [Fact]
    public void Dropout_of_adapters_applies_in_training_alone()
    {
        using var folder = new TemporaryFolder();
        AdaptedModel.WriteBase("bert", folder.Path);
        using LanguageModel model = AdaptedModel.Load(folder.Path, "bert", All with { Dropout = 0.5 });
        float[] used = AdaptedModel.Logits(model);
        Assert.Equal(used, AdaptedModel.Logits(model));
        torch.random.manual_seed(1);
        Assert.True(AdaptedModel.Distance(used, AdaptedModel.Logits(model, training: true)) > 1e-3);
    }

    [Fact]
    public void Resumed_training_of_adapters_ends_with_the_same_bytes()
    {
        using TemporaryFolder folder = new(), whole = new(), killed = new();
        AdaptedModel.WriteBase("bert", folder.Path);
        var options = new TrainingOptions { Epochs = 2, BatchSize = 8, LearningRate = 1e-2, CheckpointEverySteps = 2, Threads = 1 };
        string expected = Train(whole, null);
        Assert.Throws<OperationCanceledException>(() => Train(killed, 5));
        Assert.Equal(expected, Train(killed, null));

        string Train(TemporaryFolder work, int? stopAt)
        {
            using LanguageModel model = AdaptedModel.Load(folder.Path, "bert", new LoraOptions { Rank = 2, Dropout = 0.2 }, filled: false);
            using var stop = new CancellationTokenSource();
            Trainer.Run(model, ToyData.Make(40), null, options, work["checkpoints"], new Stopper(stop, stopAt), stop.Token);
            return model.SaveAdapter(work["adapter"], new AdapterBase("base"));
        }
    }

    [Fact]
    public void What_cannot_be_adapted_is_refused_by_name()
    {
        using TemporaryFolder folder = new(), headless = new();
        AdaptedModel.WriteBase("bert", folder.Path);
        Refused("'gate_proj'", "query, key, value, dense", new StructureOptions { Lora = All with { TargetModules = ["query", "gate_proj"] } });
        Refused("'classifier'", "no linear layer below the head", new StructureOptions { Lora = All with { TargetModules = ["classifier"] } });
        Refused("Rank is 0", "out of range", new StructureOptions { Lora = All with { Rank = 0 } });
        Refused("Dropout 1.5", "out of range", new StructureOptions { Lora = All with { Dropout = 1.5 } });
        Refused("FreezeLayers is 1", "LoRA freezes all", new StructureOptions { Lora = All, FreezeLayers = 1 });
        ModelException exception = Assert.Throws<ModelException>(() =>
            LanguageModel.FromPretrained(folder.Path, ModelTask.MaskedLanguageModeling, [], new StructureOptions { Lora = All }).Dispose());
        Assert.Contains("no head for MaskedLanguageModeling", exception.Message, StringComparison.Ordinal);
        using LanguageModel model = AdaptedModel.Load(folder.Path, "bert", All);
        Assert.Contains("merge them first", Assert.Throws<InvalidOperationException>(() => model.Save(headless.Path)).Message, StringComparison.Ordinal);

        void Refused(string name, string why, StructureOptions options)
        {
            ModelException refusal = Assert.Throws<ModelException>(() => LanguageModel.FromPretrained(folder.Path, ModelTask.SequenceClassification, ["no", "yes"], options).Dispose());
            Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
            Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        }
    }

    private static void Backward(LanguageModel model)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor logits = model.Logits(model.Batch([0, 1, 2], new LabelledData(AdaptedModel.Sequences)), training: true);
        logits.square().mean().backward();
    }

    private static void AssertClose(torch.Tensor expected, torch.Tensor actual)
    {
        float[] wanted = [.. expected.data<float>()], found = [.. actual.data<float>()];
        double scale = wanted.Max(Math.Abs);
        Assert.True(scale > 0, "a gradient that is 0 throughout shows nothing");
        Assert.True(AdaptedModel.Distance(wanted, found) < 1e-4 * Math.Max(1, scale));
    }

    private static Dictionary<string, float[]> Values(LanguageModel model) =>
        model.Parameters.ToDictionary(p => p.Name, p => p.Value.detach().data<float>().ToArray(), StringComparer.Ordinal);

    private sealed class Stopper(CancellationTokenSource stop, int? atStep) : ITrainingObserver
    {
        public void OnStep(TrainingStep step)
        {
            if (step.Step == atStep)
                stop.Cancel();
        }
    }
}

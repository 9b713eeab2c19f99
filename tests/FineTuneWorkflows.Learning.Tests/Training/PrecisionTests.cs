using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Models.Adapters;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Training;

/// <summary>Computing with fewer digits.</summary>
public class PrecisionTests
{
    // bfloat16 keeps 8 bits: a product of numbers near 1 is off by up to 2^-8, and the logits of these models are some 20 of them deep.
    private const double Tolerance = 0.05;

    private static readonly TrainingOptions Options = new() { Epochs = 8, BatchSize = 10, LearningRate = 1e-2, Threads = 1, Precision = Precision.BFloat16 };

    [Theory]
    [InlineData("bert")]
    [InlineData("roberta")]
    [InlineData("distilbert")]
    [InlineData("gpt2")]
    [InlineData("llama")]
    [InlineData("mistral")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void In_bfloat16_logits_and_gradients_are_near_those_of_32_bits_and_gradients_have_32(string family)
    {
        using LanguageModel model = RandomModel.Create(AdaptedModel.ConfigOf(family), AdaptedModel.TaskOf(family), AdaptedModel.LabelsOf(AdaptedModel.TaskOf(family)));
        (float[] exact, Dictionary<string, float[]> exactGradients) = Gradients(model);
        model.ComputeIn(torch.ScalarType.BFloat16);
        (float[] near, Dictionary<string, float[]> nearGradients) = Gradients(model);
        model.ComputeIn(torch.ScalarType.Float32);
        (float[] again, _) = Gradients(model);

        Assert.Equal(exact, again);
        Assert.NotEqual(exact, near);
        Assert.True(AdaptedModel.Distance(exact, near) < Tolerance * exact.Max(Math.Abs), $"off by {AdaptedModel.Distance(exact, near)} of {exact.Max(Math.Abs)}");
        Assert.Equal(exactGradients.Keys, nearGradients.Keys);
        double all = Norm(exactGradients.Values.SelectMany(g => g)), off = Norm(exactGradients.SelectMany(pair => pair.Value.Zip(nearGradients[pair.Key], (a, b) => a - b)));
        Assert.True(off < 2 * Tolerance * all, $"off by {off} of {all}");
    }

    [Fact]
    public void Training_in_bfloat16_learns_keeps_32_bit_weights_and_resumes_to_the_same_bytes_or_is_refused_where_the_processor_lacks_it()
    {
        using TemporaryFolder whole = new(), killed = new();
        if (PrecisionSupport.Problem(TorchDevice.Cpu, Precision.BFloat16) is { } problem)
        {
            TrainingException exception = Assert.Throws<TrainingException>(() => Train(whole, 0));
            Assert.Contains($"Precision is BFloat16, but {problem}", exception.Message, StringComparison.Ordinal);
            return;
        }
        (TrainingResult result, string digest) = Train(whole, 0);
        double[] losses = [.. result.History.Select(epoch => epoch.TrainingLoss)];
        Assert.True(losses[^1] < 0.5 * losses[0], string.Join(' ', losses));
        using (SafetensorsReader reader = SafetensorsReader.Open(whole["model", "model.safetensors"]))
            Assert.All(reader.Entries.Values, entry => Assert.Equal(TensorType.F32, entry.Type));
        Assert.ThrowsAny<OperationCanceledException>(() => Train(killed, 7));
        Assert.Equal(digest, Train(killed, 0).Digest);

        static (TrainingResult Result, string Digest) Train(TemporaryFolder folder, long stopAt)
        {
            using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
            using var stop = new CancellationTokenSource();
            TrainingResult result = Trainer.Run(model, ToyData.Make(60), null, Options, folder["work"], new Stopper(stop, stopAt), stop.Token);
            return (result, model.Save(folder["model"]));
        }
    }

    [Fact]
    public void A_processor_has_no_TensorFloat32()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["no", "yes"], seed: 3);
        TrainingException exception = Assert.Throws<TrainingException>(() =>
            Trainer.Run(model, ToyData.Make(20), null, Options with { Precision = Precision.TensorFloat32 }, folder.Path, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("Precision is TensorFloat32, but TensorFloat32 is there on GPUs alone, and cpu is none", exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["step-1"]));
    }

    [Fact]
    public void A_base_in_bfloat16_stays_so_under_adapters_and_merges_into_32_bits()
    {
        using TemporaryFolder folder = new(), narrow = new();
        AdaptedModel.WriteBase("llama", folder.Path);
        Directory.CreateDirectory(narrow.Path);
        File.Copy(folder["config.json"], narrow["config.json"]);
        using (LanguageModel model = LanguageModel.Load(folder.Path))
            SafetensorsWriter.Write(narrow["model.safetensors"], model.Parameters.Select(p => KeyValuePair.Create(p.Name, p.Value)), type: torch.ScalarType.BFloat16);
        var options = new StructureOptions { Lora = new LoraOptions { Rank = 2 }, KeepBFloat16 = true };
        using LanguageModel kept = LanguageModel.FromPretrained(narrow.Path, ModelTask.CausalLanguageModeling, [], options);
        using LanguageModel wide = LanguageModel.FromPretrained(narrow.Path, ModelTask.CausalLanguageModeling, [], options with { KeepBFloat16 = false });
        Assert.All(kept.Parameters, p => Assert.Equal(p.Role == ParameterRole.Backbone ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32, p.Value.dtype));
        Assert.All(wide.Parameters, p => Assert.Equal(torch.ScalarType.Float32, p.Value.dtype));
        kept.ComputeIn(torch.ScalarType.BFloat16);
        wide.ComputeIn(torch.ScalarType.BFloat16);
        Assert.Equal(AdaptedModel.Logits(wide), AdaptedModel.Logits(kept));
        foreach (LanguageModel model in (LanguageModel[])[kept, wide])
        {
            model.ComputeIn(torch.ScalarType.Float32);
            model.MergeAdapters();
        }
        Assert.Equal(wide.Save(folder["wide"]), kept.Save(folder["kept"]));
    }

    [Fact]
    public void Deterministic_algorithms_are_switched_on_for_a_session_and_left_as_they_were_found()
    {
        TorchRuntime.EnsureLoaded();
        foreach (bool before in (bool[])[false, true])
        {
            DeterministicAlgorithms.Set(before);
            using (TorchSession.Enter(1, deterministic: true))
                Assert.True(DeterministicAlgorithms.Enabled);
            Assert.Equal(before, DeterministicAlgorithms.Enabled);
        }
        DeterministicAlgorithms.Set(false);
    }

    private static (float[] Logits, Dictionary<string, float[]> Gradients) Gradients(LanguageModel model)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor logits = model.Logits(model.Batch([0, 1, 2], new LabelledData(AdaptedModel.Sequences)), training: true);
        Assert.Equal(torch.ScalarType.Float32, logits.dtype);
        logits.square().mean().backward();
        var gradients = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (ModelParameter parameter in model.Parameters)
        {
            if (parameter.Value.grad is not { } gradient)
                continue;
            Assert.Equal(torch.ScalarType.Float32, gradient.dtype);
            gradients[parameter.Name] = [.. gradient.contiguous().data<float>()];
            parameter.Value.grad = null;
        }
        return ([.. logits.detach().contiguous().data<float>()], gradients);
    }

    private static double Norm(IEnumerable<float> numbers) => Math.Sqrt(numbers.Sum(x => (double)x * x));

    private sealed class Stopper(CancellationTokenSource stop, long atStep) : ITrainingObserver
    {
        public void OnStep(TrainingStep step)
        {
            if (step.Step == atStep)
                stop.Cancel();
        }
    }
}

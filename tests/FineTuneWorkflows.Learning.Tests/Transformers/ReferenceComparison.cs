using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>Small models that transformers saved, and adapters that PEFT saved, give here the numbers that they give there.</summary>
public abstract class ReferenceComparison
{
    public static TheoryData<string> Models => [.. ReferenceFiles.Models];

    public static TheoryData<string> Writers =>
        [.. ReferenceFiles.Models.Where(name => ModelConfig.Read(Path.Combine(ReferenceFiles.Committed, "models", name)).Task == ModelTask.CausalLanguageModeling)];

    public static TheoryData<string> Adapters => [.. ReferenceFiles.Adapters];

    /// <summary>The folder with <c>models</c> and <c>adapters</c>.</summary>
    /// <param name="name">What is to be compared.</param>
    private protected abstract string Root(string name);

    [Theory]
    [MemberData(nameof(Models))]
    public void A_models_hidden_states_logits_loss_and_all_gradients(string name)
    {
        var reference = new ReferenceModel(Path.Combine(Root(name), "models", name));
        using LanguageModel model = LanguageModel.Load(reference.Folder);
        Assert.Equal(reference.Gradients.Order(StringComparer.Ordinal), model.Parameters.Select(p => p.Name).Order(StringComparer.Ordinal));
        reference.Compare(model).Check(name);
    }

    [Theory]
    [MemberData(nameof(Writers))]
    public void Greedy_text(string name)
    {
        var reference = new ReferenceModel(Path.Combine(Root(name), "models", name));
        using TextGeneratorModel generator = TextGeneratorModel.Load(reference.Folder, threads: 1);
        reference.CompareGreedyText(generator);
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void An_adapters_hidden_states_logits_loss_and_all_gradients_and_its_logits_once_merged(string name)
    {
        var reference = new ReferenceModel(Path.Combine(Root(name), "adapters", name));
        using LanguageModel model = Adapter(name);
        Assert.Equal(reference.Gradients.Order(StringComparer.Ordinal), model.TrainableParameters.Select(p => p.Name).Order(StringComparer.Ordinal));
        reference.Compare(model).Check(name);
        model.MergeAdapters();
        Assert.DoesNotContain(model.Parameters, parameter => parameter.Name.Contains("lora", StringComparison.Ordinal));
        reference.CompareLogits(model).Check(name + " merged");
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void An_adapter_saved_again_has_the_same_tensors(string name)
    {
        using var again = new TemporaryFolder();
        string adapter = Path.Combine(Root(name), "adapters", name, "adapter");
        using (LanguageModel model = Adapter(name))
            model.SaveAdapter(again.Path, new AdapterBase("base"));
        using SafetensorsReader first = SafetensorsReader.Open(Path.Combine(adapter, "adapter_model.safetensors")), second = SafetensorsReader.Open(again["adapter_model.safetensors"]);
        Assert.Equal(first.Entries.Keys.Order(StringComparer.Ordinal), second.Entries.Keys.Order(StringComparer.Ordinal));
        foreach (string tensor in first.Entries.Keys)
        {
            using torch.Tensor a = first.Read(tensor), b = second.Read(tensor);
            Assert.Equal(a.data<float>().ToArray(), b.data<float>().ToArray());
        }
    }

    private LanguageModel Adapter(string name)
    {
        string folder = Path.Combine(Root(name), "adapters", name);
        return LanguageModel.Load(Path.Combine(folder, "adapter"), findBase: found => found == "hf://base"
            ? Path.Combine(folder, "base") : Path.Combine(Root(name), "models", found["hf://".Length..]));
    }
}

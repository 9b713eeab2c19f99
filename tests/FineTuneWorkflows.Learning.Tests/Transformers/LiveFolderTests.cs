using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Tests.Python;

namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>What is saved here loads in transformers and PEFT, with nothing missing and nothing left over, and predicts the same there.</summary>
public sealed class LiveFolderTests(WrittenFolders written) : IClassFixture<WrittenFolders>
{
    public static TheoryData<string> Cases => [.. WrittenCase.All.Select(written => written.Name)];

    public static TheoryData<string> Models => [.. ReferenceFiles.Models];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_model_or_an_adapter_that_was_made_here(string name) => Compare(name, written.Of);

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_that_transformers_made(string name) => Compare(name, written.OfAgain);

    private void Compare(string name, Func<string, string> folderOf)
    {
        ReferencePython.Require("torch", "transformers", "peft", "safetensors");
        written.Version.SkipWhatItDoesOtherwise(name);
        string folder = folderOf(name), adapter = Path.Combine(folder, "adapter");
        Assert.Equal("", File.ReadAllText(Path.Combine(folder, "loading.txt")));
        var predicted = new ReferenceModel(folder, "predicted.safetensors");
        string saved = Directory.Exists(adapter) ? adapter : folder;
        using LanguageModel model = LanguageModel.Load(saved);
        predicted.CompareLogits(model).Check(name);
        if (model.Task != ModelTask.CausalLanguageModeling)
            return;
        using TextGeneratorModel generator = TextGeneratorModel.Load(saved, threads: 1);
        predicted.CompareGreedyText(generator);
    }
}

using System.Text.Json.Nodes;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Encoders;
using FineTuneWorkflows.Learning.Tests.Support;

namespace FineTuneWorkflows.Learning.Tests.Models;

/// <summary>A classifier that takes the mean of all tokens cannot be taken for one that takes the first.</summary>
public sealed class MeanPoolingFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Families => [.. EncoderFamily.All.Select(f => (f.ModelType, f.ClassName))];

    [Theory]
    [MemberData(nameof(Families))]
    public void The_saved_folder_names_a_type_and_classes_of_its_own_and_brings_their_code(string family, string name)
    {
        Save(family, ModelTask.SequenceClassification, SequencePooling.Mean);
        JsonObject json = Config();
        Assert.Equal($"mean_pooling_{family}", (string?)json["model_type"]);
        Assert.Equal(family, (string?)json["base_model_type"]);
        Assert.Equal($"MeanPooling{name}ForSequenceClassification", (string?)json["architectures"]![0]);
        string code = File.ReadAllText(_folder["mean_pooling.py"]);
        foreach ((string auto, string named) in new[] { ("AutoConfig", $"MeanPooling{name}Config"), ("AutoModelForSequenceClassification", $"MeanPooling{name}ForSequenceClassification") })
        {
            Assert.Equal($"mean_pooling.{named}", (string?)json["auto_map"]![auto]);
            Assert.Contains($"class {named}(", code, StringComparison.Ordinal);
        }
        Assert.Contains($"model_type = \"mean_pooling_{family}\"", code, StringComparison.Ordinal);
        Assert.Contains("trust_remote_code=True", (string?)json["problem_type"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModelConfig.SingleLabel)]
    [InlineData(ModelConfig.MultiLabel)]
    public void It_is_read_back_as_what_it_was(string problem)
    {
        ModelConfig saved = Save("bert", ModelTask.SequenceClassification, SequencePooling.Mean, problem);
        var read = (EncoderConfig)ModelConfig.Read(_folder.Path);
        Assert.Equal(ConfigFile.ToJson(saved), ConfigFile.ToJson(read));
        Assert.Equal((SequencePooling.Mean, "bert", problem), (read.Pooling, read.ModelType, read.ProblemType));
        Assert.Empty(read.Others);
        using LanguageModel model = LanguageModel.Load(_folder.Path);
        Assert.Equal(ModelTask.SequenceClassification, model.Task);
        model.Save(_folder["again"]);
        Assert.Equal(File.ReadAllText(_folder["config.json"]), File.ReadAllText(Path.Combine(_folder["again"], "config.json")));
    }

    [Theory]
    [InlineData(ModelTask.SequenceClassification, SequencePooling.FirstToken)]
    [InlineData(ModelTask.TokenClassification, SequencePooling.Mean)]
    [InlineData(ModelTask.MaskedLanguageModeling, SequencePooling.Mean)]
    public void A_model_that_transformers_computes_alike_keeps_its_usual_type_and_has_no_code(ModelTask task, SequencePooling pooling)
    {
        Save("bert", ModelTask.SequenceClassification, SequencePooling.Mean);
        Save("bert", task, pooling);
        Assert.Equal("bert", (string?)Config()["model_type"]);
        Assert.Null(Config()["auto_map"]);
        Assert.False(File.Exists(_folder["mean_pooling.py"]));
    }

    [Fact]
    public void A_folder_of_an_older_version_is_still_read()
    {
        ModelConfig saved = Save("bert", ModelTask.SequenceClassification, SequencePooling.Mean);
        File.WriteAllText(_folder["config.json"], ConfigFile.ToJson(saved));
        Assert.Equal(SequencePooling.Mean, ((EncoderConfig)ModelConfig.Read(_folder.Path)).Pooling);
    }

    [Fact]
    public void Adapters_of_such_a_classifier_are_read_here_and_refused_by_PEFT()
    {
        using (LanguageModel whole = RandomModel.Create(Encoder("bert"), ModelTask.SequenceClassification, ["a", "b"]))
            whole.Save(_folder["base"]);
        var structure = new StructureOptions { Pooling = SequencePooling.Mean, Lora = new LoraOptions { Rank = 2 } };
        using LanguageModel model = LanguageModel.FromPretrained(_folder["base"], ModelTask.SequenceClassification, ["a", "b"], structure);
        model.SaveAdapter(_folder["adapter"], new AdapterBase(_folder["base"]));
        JsonNode written = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder["adapter"], "adapter_config.json")))!;
        Assert.NotEqual("LORA", (string?)written["peft_type"]);
        Assert.Contains("finetune merge", (string?)written["peft_type"], StringComparison.Ordinal);
        using LanguageModel read = LanguageModel.Load(_folder["adapter"]);
        Assert.Equal(SequencePooling.Mean, ((EncoderConfig)read.Config).Pooling);
    }

    private static EncoderConfig Encoder(string family) => EncoderConfig.For(family) with { VocabSize = 20, HiddenSize = 12, LayerCount = 1, HeadCount = 2, IntermediateSize = 10, MaxPositions = 24 };

    private JsonObject Config() => (JsonObject)JsonNode.Parse(File.ReadAllText(_folder["config.json"]))!;

    private ModelConfig Save(string family, ModelTask task, SequencePooling pooling, string? problem = null)
    {
        using LanguageModel model = RandomModel.Create(
            Encoder(family) with { Pooling = pooling, ProblemType = problem }, task, task == ModelTask.MaskedLanguageModeling ? [] : ["a", "b"]);
        model.Save(_folder.Path);
        return model.Config;
    }
}

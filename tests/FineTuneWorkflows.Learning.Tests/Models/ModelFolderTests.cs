using System.Text.Json;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models;

public class ModelFolderTests
{
    private static readonly string[] Labels = ["negative", "positive"];

    [Fact]
    public void Save_load_save_gives_the_same_bytes_and_a_configuration_that_transformers_reads()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, Labels, seed: 1);
        model.Save(folder["a"]);
        using LanguageModel loaded = LanguageModel.Load(folder["a"]);
        loaded.Save(folder["b"]);
        Assert.Equal(File.ReadAllBytes(folder["a", "model.safetensors"]), File.ReadAllBytes(folder["b", "model.safetensors"]));
        Assert.Equal(File.ReadAllText(folder["a", "config.json"]), File.ReadAllText(folder["b", "config.json"]));

        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(folder["a", "config.json"]));
        JsonElement root = config.RootElement;
        Assert.Equal("BertForSequenceClassification", root.GetProperty("architectures")[0].GetString());
        Assert.Equal("bert", root.GetProperty("model_type").GetString());
        Assert.Equal("positive", root.GetProperty("id2label").GetProperty("1").GetString());
        Assert.Equal(1, root.GetProperty("label2id").GetProperty("positive").GetInt32());
        Assert.Equal("single_label_classification", root.GetProperty("problem_type").GetString());
        Assert.Equal(16, root.GetProperty("hidden_size").GetInt32());
        Assert.Equal(1e-12, root.GetProperty("layer_norm_eps").GetDouble());
        using SafetensorsReader reader = SafetensorsReader.Open(folder["a", "model.safetensors"]);
        Assert.Equal("pt", reader.Metadata["format"]);
        Assert.Contains("bert.encoder.layer.1.attention.self.query.weight", reader.Entries.Keys);
        Assert.Contains("classifier.bias", reader.Entries.Keys);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_base_is_read_with_or_without_prefix_and_with_old_or_new_names_of_norms(bool prefix, bool old)
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, Labels, seed: 1);
        WriteBase(folder["base"], model, name =>
        {
            if (old)
                name = name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta",
                    StringComparison.Ordinal);
            return prefix ? name : name["bert.".Length..];
        }, ("cls.predictions.bias", [60L]));
        var notes = new List<string>();
        using LanguageModel loaded = LanguageModel.FromPretrained(folder["base"], ModelTask.SequenceClassification, ["a", "b", "c"], new StructureOptions { Seed = 9 },
            note: notes.Add);
        foreach (ModelParameter parameter in loaded.Parameters.Where(p => !p.Name.StartsWith("classifier", StringComparison.Ordinal)))
            Assert.Equal(Values(model.Find(parameter.Name)!), Values(parameter));
        Assert.Equal([3, 16], loaded.Find("classifier.weight")!.Value.shape);
        Assert.Contains(notes, note => note.Contains("classifier.weight", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Contains("cls.predictions.bias", StringComparison.Ordinal));
    }

    [Fact]
    public void The_first_layers_can_be_kept_and_dropout_changed()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, Labels, seed: 1);
        model.Save(folder["base"]);
        var notes = new List<string>();
        using LanguageModel loaded = LanguageModel.FromPretrained(folder["base"], ModelTask.SequenceClassification, ["x", "y"], new StructureOptions { Layers = 1,
            Dropout = 0.3 }, note: notes.Add);
        Assert.Equal(1, loaded.Config.LayerCount);
        Assert.Equal(0.3, loaded.Config.AttentionDropout);
        Assert.Contains(notes, note => note.Contains("18 weights", StringComparison.Ordinal));
        Assert.Contains("1 to 2", Assert.Throws<ModelException>(() =>
            LanguageModel.FromPretrained(folder["base"], ModelTask.SequenceClassification, ["x", "y"], new StructureOptions { Layers = 3 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_head_is_kept_where_the_classes_are_the_same()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, Labels, seed: 1);
        model.Save(folder["base"]);
        using LanguageModel same = LanguageModel.FromPretrained(folder["base"], ModelTask.SequenceClassification, Labels, new StructureOptions { Seed = 9 });
        using LanguageModel other = LanguageModel.FromPretrained(folder["base"], ModelTask.SequenceClassification, ["no", "yes"], new StructureOptions { Seed = 9 });
        Assert.Equal(Values(model.Find("classifier.weight")!), Values(same.Find("classifier.weight")!));
        Assert.NotEqual(Values(model.Find("classifier.weight")!), Values(other.Find("classifier.weight")!));
    }

    [Fact]
    public void Missing_extra_and_misshapen_weights_are_counted_and_named()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, Labels, seed: 1);
        WriteBase(folder["base"], model, name => name == "bert.encoder.layer.0.output.dense.bias" ? "bert.stranger" : name, ("bert.other", [4L]));
        CheckpointException exception = Assert.Throws<CheckpointException>(() => LanguageModel.FromPretrained(folder["base"], ModelTask.SequenceClassification, Labels));
        Assert.Contains("1 weights are missing: bert.encoder.layer.0.output.dense.bias", exception.Message, StringComparison.Ordinal);
        Assert.Contains("2 weights are not known: bert.other, bert.stranger", exception.Message, StringComparison.Ordinal);

        string config = File.ReadAllText(folder["base", "config.json"]);
        File.WriteAllText(folder["base", "config.json"], config.Replace("\"vocab_size\": 60", "\"vocab_size\": 61", StringComparison.Ordinal));
        exception = Assert.Throws<CheckpointException>(() => LanguageModel.FromPretrained(folder["base"], ModelTask.SequenceClassification, Labels));
        Assert.Contains("bert.embeddings.word_embeddings.weight is [60, 16] instead of [61, 16]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predicting_needs_the_head_and_training_makes_a_fresh_pooler()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, Labels, seed: 1);
        WriteBase(folder["base"], model, name => name.Contains("pooler", StringComparison.Ordinal) ? null : name);
        var notes = new List<string>();
        LanguageModel.FromPretrained(folder["base"], ModelTask.SequenceClassification, ["x", "y"], note: notes.Add).Dispose();
        Assert.Contains("bert.pooler.dense.weight", Assert.Single(notes), StringComparison.Ordinal);
        ConfigFile.Write(ToyData.Config.ForTask(ModelTask.SequenceClassification, Labels), folder["base"]);
        Assert.Contains("4 weights are missing", Assert.Throws<CheckpointException>(() => LanguageModel.Load(folder["base"])).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "no valid model configuration")]
    [InlineData("""{"model_type":"t5"}""", "model_type is t5")]
    [InlineData("""{"hidden_size":10,"num_attention_heads":3}""", "num_attention_heads is 3")]
    [InlineData("""{"vocab_size":0}""", "vocab_size is 0")]
    [InlineData("""{"vocab_size":"many"}""", "vocab_size")]
    [InlineData("""{"hidden_dropout_prob":1.5}""", "hidden_dropout_prob is 1.5")]
    [InlineData("""{"hidden_act":"mish"}""", "hidden_act is mish")]
    [InlineData("""{"position_embedding_type":"relative_key"}""", "position_embedding_type is relative_key")]
    public void A_configuration_that_cannot_be_used_names_the_setting(string json, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], json);
        ModelException exception = Assert.Throws<ModelException>(() => LanguageModel.FromPretrained(folder.Path, ModelTask.SequenceClassification, Labels));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains("config.json", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_of_a_configuration_that_are_not_known_are_kept_and_defaults_fill_what_is_missing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"],
            """{"model_type":"bert","vocab_size":60,"hidden_size":16,"num_attention_heads":2,"transformers_version":"4.40.0","use_cache":true}""");
        var config = (EncoderConfig)ModelConfig.Read(folder.Path);
        Assert.Equal(12, config.LayerCount);
        Assert.Equal(0.02, config.InitializerRange);
        Assert.Equal("4.40.0", config.Others["transformers_version"].GetString());
    }

    [Fact]
    public void Weights_as_a_pickle_and_missing_folders_are_explained()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("does not exist", Assert.Throws<ModelException>(() => LanguageModel.Load(folder["none"])).Message,
            StringComparison.Ordinal);
        File.WriteAllText(folder["config.json"], "{}");
        Assert.Contains("model.safetensors does not exist", Assert.Throws<CheckpointException>(() => LanguageModel.FromPretrained(folder.Path, ModelTask.SequenceClassification, Labels)).Message, StringComparison.Ordinal);
        File.WriteAllText(folder["pytorch_model.bin"], "x");
        Assert.Contains("pickle", Assert.Throws<CheckpointException>(() => LanguageModel.FromPretrained(folder.Path, ModelTask.SequenceClassification, Labels)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void One_class_or_a_class_named_twice_is_refused()
    {
        Assert.Contains("only 'a'", Assert.Throws<ModelException>(() => LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a"], 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains("'a' is named twice", Assert.Throws<ModelException>(() => LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, ["a", "a"], 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains("tiny, mini", Assert.Throws<ModelException>(() => ModelPresets.Get("huge")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "LABEL_0 LABEL_1")]
    [InlineData("\"num_labels\": 3, ", "LABEL_0 LABEL_1 LABEL_2")]
    public void Classes_without_names_get_those_of_transformers(string field, string expected)
    {
        using var folder = new TemporaryFolder();
        string[] names = expected.Split(' ');
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, names, seed: 1);
        model.Save(folder.Path);
        ConfigFile.Write(model.Config with { LabelById = null }, folder.Path);
        string config = File.ReadAllText(folder["config.json"]);
        Assert.DoesNotContain("id2label", config, StringComparison.Ordinal);
        File.WriteAllText(folder["config.json"], config.Insert(1, field));
        using LanguageModel loaded = LanguageModel.Load(folder.Path);
        Assert.Equal(names, loaded.Labels);
    }

    [Theory]
    [InlineData("2147483647")]
    [InlineData("-1")]
    [InlineData("\"two\"")]
    public void An_impossible_number_of_classes_is_refused_before_they_get_names(string count)
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, Labels, seed: 1);
        model.Save(folder.Path);
        ConfigFile.Write(model.Config with { LabelById = null }, folder.Path);
        File.WriteAllText(folder["config.json"], File.ReadAllText(folder["config.json"]).Insert(1, $"\"num_labels\": {count}, "));
        Assert.Contains($"num_labels is {count}; it must be 1 to 1000000", Assert.Throws<ModelException>(() => LanguageModel.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_for_masked_tokens_with_a_matrix_of_its_own_is_refused()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.MaskedLanguageModeling, [], seed: 1);
        model.Save(folder.Path);
        File.WriteAllText(folder["config.json"], File.ReadAllText(folder["config.json"]).Insert(1, "\"tie_word_embeddings\": false, "));
        Assert.Contains("tie_word_embeddings is false", Assert.Throws<ModelException>(() => LanguageModel.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static void WriteBase(string folder, LanguageModel model, Func<string, string?> rename, params (string Name, long[] Shape)[] more)
    {
        using var scope = torch.NewDisposeScope();
        Directory.CreateDirectory(folder);
        ConfigFile.Write(model.Config with { LabelById = null }, folder);
        var tensors = model.Parameters.Where(p => p.Name.StartsWith("bert.", StringComparison.Ordinal)).Select(p => (Name: rename(p.Name), p.Value))
            .Where(pair => pair.Name is not null).Select(pair => KeyValuePair.Create(pair.Name!, pair.Value)).ToList();
        tensors.AddRange(more.Select(extra => KeyValuePair.Create(extra.Name, torch.zeros(extra.Shape))));
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);
    }

    private static float[] Values(ModelParameter parameter) => parameter.Value.detach().data<float>().ToArray();
}

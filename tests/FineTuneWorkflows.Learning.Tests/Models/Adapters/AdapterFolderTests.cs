using System.Text.Json.Nodes;
using System.Text.Json;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models.Adapters;

/// <summary>Adapters in folders, as PEFT lays them out.</summary>
public sealed class AdapterFolderTests : IDisposable
{
    private static readonly LoraOptions Lora = new() { Rank = 3, Alpha = 6, Dropout = 0.25 };

    private readonly TemporaryFolder _folder = new();

    private string Base => _folder["base"];

    private string Adapter => _folder["adapter"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_files_have_PEFTs_names_and_fields()
    {
        Write("bert").Dispose();
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(_folder["adapter", "adapter_config.json"]));
        JsonElement root = config.RootElement;
        Assert.Equal("LORA", root.GetProperty("peft_type").GetString());
        Assert.Equal("SEQ_CLS", root.GetProperty("task_type").GetString());
        Assert.Equal(3, root.GetProperty("r").GetInt32());
        Assert.Equal(6, root.GetProperty("lora_alpha").GetDouble());
        Assert.Equal(0.25, root.GetProperty("lora_dropout").GetDouble());
        Assert.Equal("none", root.GetProperty("bias").GetString());
        Assert.Equal(["query", "value"], root.GetProperty("target_modules").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["classifier", "pooler"], root.GetProperty("modules_to_save").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(Base, root.GetProperty("base_model_name_or_path").GetString());
        Assert.False(root.GetProperty("fan_in_fan_out").GetBoolean());
        using SafetensorsReader reader = SafetensorsReader.Open(_folder["adapter", "adapter_model.safetensors"]);
        Assert.Equal(
            [
                "base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight", "base_model.model.bert.encoder.layer.0.attention.self.query.lora_B.weight",
                "base_model.model.bert.encoder.layer.0.attention.self.value.lora_A.weight", "base_model.model.bert.encoder.layer.0.attention.self.value.lora_B.weight",
                "base_model.model.bert.encoder.layer.1.attention.self.query.lora_A.weight", "base_model.model.bert.encoder.layer.1.attention.self.query.lora_B.weight",
                "base_model.model.bert.encoder.layer.1.attention.self.value.lora_A.weight", "base_model.model.bert.encoder.layer.1.attention.self.value.lora_B.weight",
                "base_model.model.bert.pooler.dense.bias", "base_model.model.bert.pooler.dense.weight", "base_model.model.classifier.bias", "base_model.model.classifier.weight",
            ],
            reader.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([3L, 16L], reader.Entries["base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight"].Shape);
        Assert.Equal([16L, 3L], reader.Entries["base_model.model.bert.encoder.layer.0.attention.self.query.lora_B.weight"].Shape);
    }

    [Theory]
    [InlineData("roberta", new[] { "classifier" }, false)]
    [InlineData("distilbert", new[] { "classifier", "pre_classifier" }, false)]
    [InlineData("gpt2", new string[0], true)]
    [InlineData("llama", new string[0], false)]
    public void Each_family_has_its_own_modules_and_way_to_store_matrices(string family, string[] saved, bool fanInFanOut)
    {
        Write(family).Dispose();
        JsonNode root = JsonNode.Parse(File.ReadAllText(_folder["adapter", "adapter_config.json"]))!;
        Assert.Equal(saved, root["modules_to_save"]?.AsArray().Select(name => (string?)name) ?? []);
        Assert.Equal(fanInFanOut, (bool)root["fan_in_fan_out"]!);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("roberta")]
    [InlineData("distilbert")]
    [InlineData("gpt2")]
    [InlineData("llama")]
    [InlineData("qwen3")]
    public void A_saved_adapter_loads_upon_its_base_with_the_same_logits_and_saves_to_the_same_bytes(string family)
    {
        using LanguageModel model = Write(family);
        using LanguageModel loaded = LanguageModel.Load(Adapter);
        Assert.Equal(AdaptedModel.Logits(model), AdaptedModel.Logits(loaded));
        loaded.SaveAdapter(_folder["again"], Digested());
        foreach (string file in Directory.EnumerateFiles(Adapter).Select(path => Path.GetFileName(path)))
            Assert.Equal(File.ReadAllBytes(_folder["adapter", file]), File.ReadAllBytes(_folder["again", file]));
    }

    [Fact]
    public void A_saved_classifier_predicts_with_its_adapters_merged()
    {
        using LanguageModel model = Write("bert");
        using SequenceClassifierModel classifier = SequenceClassifierModel.Load(Adapter, threads: 1);
        Assert.Equal(["no", "yes"], classifier.Labels);
        float[] logits = AdaptedModel.Logits(model);
        Assert.Equal(1 / (1 + Math.Exp(logits[0] - logits[1])), classifier.Predict(AdaptedModel.Sequences).Row(0)[1], 1e-5);
    }

    [Fact]
    public void A_base_that_is_named_as_on_the_hub_is_asked_for_with_its_commit()
    {
        using LanguageModel model = Write("llama");
        model.SaveAdapter(Adapter, new AdapterBase("owner/name", "0123456789012345678901234567890123456789"));
        string? asked = null;
        using LanguageModel loaded = LanguageModel.Load(Adapter, findBase: name =>
        {
            asked = name;
            return Base;
        });
        Assert.Equal("hf://owner/name@0123456789012345678901234567890123456789", asked);
        Assert.Equal(AdaptedModel.Logits(model), AdaptedModel.Logits(loaded));
        Assert.Contains("owner/name, which is not there", Assert.Throws<ModelException>(() => LanguageModel.Load(Adapter).Dispose()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PEFTs_own_folders_have_no_configuration_of_the_model_and_their_classes_no_names()
    {
        using LanguageModel model = Write("bert");
        File.Delete(_folder["adapter", "config.json"]);
        File.Delete(_folder["adapter", "adapter_base.json"]);
        using (LanguageModel named = LanguageModel.Load(Adapter))
            Assert.Equal(["no", "yes"], named.Labels);
        Edit(_folder["base", "config.json"], config => config.Remove("id2label"));
        using LanguageModel loaded = LanguageModel.Load(Adapter);
        Assert.Equal(["LABEL_0", "LABEL_1"], loaded.Labels);
        Assert.Equal(AdaptedModel.Logits(model), AdaptedModel.Logits(loaded));
    }

    [Fact]
    public void Rank_stabilized_adapters_divide_by_the_root_of_the_rank()
    {
        using LanguageModel model = Write("llama");
        Edit(_folder["adapter", "adapter_config.json"], config =>
        {
            config["use_rslora"] = true;
            config["lora_alpha"] = 6 / Math.Sqrt(3);
        });
        using LanguageModel loaded = LanguageModel.Load(Adapter);
        Assert.True(AdaptedModel.Distance(AdaptedModel.Logits(model), AdaptedModel.Logits(loaded)) < 1e-6);
    }

    [Fact]
    public void A_base_with_other_bytes_is_refused()
    {
        Write("bert").Dispose();
        using (LanguageModel other = RandomModel.Create((EncoderConfig)AdaptedModel.ConfigOf("bert") with { InitializerRange = 0.2 }, ModelTask.SequenceClassification, "no", "yes"))
            other.Save(Base);
        Assert.Contains("adapter of another base", Assert.Throws<ModelException>(() => LanguageModel.Load(Adapter).Dispose()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("peft_type", "\"IA3\"", "peft_type is IA3")]
    [InlineData("use_dora", "true", "use_dora is true")]
    [InlineData("bias", "\"lora_only\"", "bias is lora_only")]
    [InlineData("rank_pattern", "{\"query\": 4}", "rank_pattern is set")]
    [InlineData("r", "0", "Rank is 0")]
    [InlineData("r", "\"eight\"", "no valid adapter configuration")]
    [InlineData("base_model_name_or_path", "null", "base_model_name_or_path is missing")]
    [InlineData("base_model_name_or_path", "\"/nowhere/at/all\"", "/nowhere/at/all, which is not there")]
    public void What_cannot_be_read_is_refused_by_name(string field, string value, string message)
    {
        Write("bert").Dispose();
        Edit(_folder["adapter", "adapter_config.json"], config => config[field] = JsonNode.Parse(value));
        Assert.Contains(message, Assert.Throws<ModelException>(() => LanguageModel.Load(Adapter).Dispose()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_extra_and_misshapen_tensors_are_named()
    {
        Write("bert").Dispose();
        Rewrite(tensors => tensors.Remove("base_model.model.classifier.weight"));
        Refused("1 weights are missing: classifier.weight");
        Rewrite(tensors => tensors["base_model.model.bert.encoder.layer.7.attention.self.query.lora_A.weight"] = torch.zeros(3, 16));
        Refused("not known: base_model.model.bert.encoder.layer.7.attention.self.query.lora_A.weight");
        Rewrite(tensors => tensors["base_model.model.bert.encoder.layer.0.attention.self.query.lora_B.weight"] = torch.zeros(15, 3));
        Refused("lora_B.weight is [15, 3] instead of [16, 3]");
        Rewrite(tensors => tensors["base_model.model.bert.encoder.layer.0.attention.self.query.lora_B.weight"] = torch.zeros(16, 3).Plus(double.NaN));
        Refused("lora_B.weight");

        void Refused(string message)
        {
            Assert.Contains(message, Assert.ThrowsAny<LearningException>(() => LanguageModel.Load(Adapter).Dispose()).Message, StringComparison.Ordinal);
            Write("bert").Dispose();
        }

        void Rewrite(Action<Dictionary<string, torch.Tensor>> change)
        {
            string path = _folder["adapter", "adapter_model.safetensors"];
            using var scope = torch.NewDisposeScope();
            var tensors = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal);
            using (SafetensorsReader reader = SafetensorsReader.Open(path))
            {
                foreach (TensorEntry entry in reader.Entries.Values)
                    reader.ReadInto(entry.Name, tensors[entry.Name] = torch.empty([.. entry.Shape]));
            }
            change(tensors);
            SafetensorsWriter.Write(path, tensors);
        }
    }

    private LanguageModel Write(string family)
    {
        AdaptedModel.WriteBase(family, Base);
        LanguageModel model = AdaptedModel.Load(Base, family, Lora);
        model.SaveAdapter(Adapter, Digested());
        return model;
    }

    private AdapterBase Digested() => new(Base, null, new Dictionary<string, string>
    {
        ["model.safetensors"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(_folder["base", "model.safetensors"]))),
    });

    private static void Edit(string path, Action<JsonObject> change)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }
}

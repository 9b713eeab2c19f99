using FineTuneWorkflows.Tracking.Models;

namespace FineTuneWorkflows.Tracking.Tests.Models;

public sealed class MlflowModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MlflowModelFolderTests()
    {
        Write("config.json", """{"architectures":["BertForSequenceClassification"],"model_type":"bert"}""");
        Write("model.safetensors", "weights");
        Write("vocab.txt", "[PAD]");
    }

    private TransformersModel Model => new() { Folder = _folder.File("hub"), Task = "text-classification", InputExample = ["I liked it.", "Über!"] };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_weights_and_the_tokenizer_lie_where_the_flavor_looks_for_them()
    {
        MlflowModelFolder.Write(Model, _folder.File("out"));
        Assert.Equal(
            [
                "MLmodel", "components/tokenizer/config.json", "components/tokenizer/vocab.txt", "conda.yaml", "input_example.json",
                "model/config.json",
                "model/model.safetensors", "python_env.yaml", "requirements.txt", "serving_input_example.json",
            ],
            Files("out"));
        var text = Read("out/MLmodel");
        foreach (var line in new[]
        {
            "    instance_type: TextClassificationPipeline", "    model_binary: model", "    pipeline_model_type: \"BertForSequenceClassification\"",
            "    task: text-classification",
            "    tokenizer_type: \"BertTokenizerFast\"", "    torch_dtype: \"torch.float32\"", "    loader_module: mlflow.transformers",
            "  inputs: '[{\"type\": \"string\", \"required\": true}]'",
        })
            Assert.Contains(line + "\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("source_model_revision", text, StringComparison.Ordinal);
        Assert.Equal("[\"I liked it.\", \"Über!\"]\n", Read("out/input_example.json"));
    }

    [Theory]
    [InlineData("added_tokens.json")]
    [InlineData("chat_template.jinja")]
    [InlineData("merges.txt")]
    [InlineData("sentencepiece.bpe.model")]
    [InlineData("special_tokens_map.json")]
    [InlineData("spiece.model")]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer.model")]
    [InlineData("tokenizer_config.json")]
    [InlineData("vocab.json")]
    [InlineData("vocab.txt")]
    public void A_tokenizer_s_file_goes_to_the_tokenizer_and_not_to_the_model(string name)
    {
        Write(name, "{}");
        MlflowModelFolder.Write(Model, _folder.File("out"));
        Assert.Contains($"components/tokenizer/{name}", Files("out"));
        Assert.DoesNotContain($"model/{name}", Files("out"));
    }

    [Theory]
    [InlineData("BertForSequenceClassification", "text-classification", "TextClassificationPipeline")]
    [InlineData("XLMRobertaForTokenClassification", "token-classification", "TokenClassificationPipeline")]
    [InlineData("DistilBertForMaskedLM", "fill-mask", "FillMaskPipeline")]
    [InlineData("BertForPreTraining", "fill-mask", "FillMaskPipeline")]
    [InlineData("Qwen3ForCausalLM", "text-generation", "TextGenerationPipeline")]
    [InlineData("GPT2LMHeadModel", "text-generation", "TextGenerationPipeline")]
    public void The_task_is_what_the_model_s_class_does(string modelClass, string task, string pipeline)
    {
        Write("config.json", $$"""{"architectures":["{{modelClass}}"],"model_type":"bert"}""");
        MlflowModelFolder.Write(Model with { Task = null, InputExample = null }, _folder.File("out"));
        Assert.Contains($"    task: {task}\n", Read("out/MLmodel"), StringComparison.Ordinal);
        Assert.Contains($"    instance_type: {pipeline}\n", Read("out/MLmodel"), StringComparison.Ordinal);
        Assert.Equal(task == "fill-mask" ? "[\"An example [MASK].\"]\n" : "[\"An example text.\"]\n", Read("out/input_example.json"));
    }

    [Fact]
    public void A_class_without_a_task_names_those_that_have_one()
    {
        Write("config.json", """{"architectures":["BertModel"],"model_type":"bert"}""");
        var error = Assert.Throws<TrackingException>(() => MlflowModelFolder.Write(Model with { Task = null }, _folder.File("out")));
        Assert.Contains("BertModel has no task", error.Message, StringComparison.Ordinal);
        Assert.Contains("ForTokenClassification", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json", "", "<mask>")]
    [InlineData("tokenizer_config.json", """{"tokenizer_class":"X","mask_token":"<m>"}""", "<m>")]
    [InlineData("special_tokens_map.json", """{"mask_token":{"content":"<M>","lstrip":true}}""", "<M>")]
    public void The_example_of_masked_words_has_the_tokenizer_s_mask(string file, string content, string mask)
    {
        if (content.Length > 0) Write(file, content);
        Write("config.json", """{"architectures":["XLMRobertaForMaskedLM"],"model_type":"xlm-roberta"}""");
        MlflowModelFolder.Write(Model with { Task = null, InputExample = null }, _folder.File("out"));
        Assert.Equal($"[\"An example {mask}.\"]\n", Read("out/input_example.json"));
    }

    [Theory]
    [InlineData("bert", "BertTokenizerFast")]
    [InlineData("distilbert", "DistilBertTokenizerFast")]
    [InlineData("gpt2", "GPT2TokenizerFast")]
    [InlineData("llama", "LlamaTokenizerFast")]
    [InlineData("mistral", "LlamaTokenizerFast")]
    [InlineData("qwen2", "Qwen2TokenizerFast")]
    [InlineData("qwen3", "Qwen2TokenizerFast")]
    [InlineData("roberta", "RobertaTokenizerFast")]
    [InlineData("xlm-roberta", "XLMRobertaTokenizerFast")]
    public void A_tokenizer_that_does_not_say_its_class_is_the_usual_one_of_the_family(string family, string tokenizer)
    {
        Write("config.json", $$"""{"architectures":["BertForMaskedLM"],"model_type":"{{family}}"}""");
        MlflowModelFolder.Write(Model, _folder.File("out"));
        Assert.Contains($"tokenizer_type: \"{tokenizer}\"\n", Read("out/MLmodel"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_adapters_alone_needs_peft_to_be_loaded()
    {
        MlflowModelFolder.Write(Model, _folder.File("whole"));
        Assert.DoesNotContain("peft", Read("whole/requirements.txt"), StringComparison.Ordinal);
        Write("adapter_config.json", "{}");
        MlflowModelFolder.Write(Model, _folder.File("adapters"));
        Assert.Contains("\npeft\n", Read("adapters/requirements.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes_wherever_it_is_written()
    {
        MlflowModelFolder.Write(Model, _folder.File("one"));
        MlflowModelFolder.Write(Model, _folder.File("deeper/two"));
        Assert.Equal(Files("one"), Files("deeper/two"));
        Assert.All(Files("one"), file => Assert.Equal(Read($"one/{file}"), Read($"deeper/two/{file}")));
        Assert.DoesNotContain(_folder.Path, string.Concat(Files("one").Select(file => Read($"one/{file}"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_that_says_its_class_is_believed()
    {
        Write("tokenizer_config.json", """{"tokenizer_class":"PreTrainedTokenizerFast"}""");
        MlflowModelFolder.Write(Model, _folder.File("out"));
        Assert.Contains("tokenizer_type: \"PreTrainedTokenizerFast\"\n", Read("out/MLmodel"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_goes_beside_the_model()
    {
        Directory.CreateDirectory(_folder.File("lora"));
        File.WriteAllText(_folder.File("lora/adapter_config.json"), "{}");
        MlflowModelFolder.Write(Model with { AdapterFolder = _folder.File("lora") }, _folder.File("out"));
        Assert.Contains("    peft_adaptor: peft\n", Read("out/MLmodel"), StringComparison.Ordinal);
        Assert.Contains("peft/adapter_config.json", Files("out"));
        Assert.Contains("peft\n", Read("out/requirements.txt"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json", null, "config.json is missing")]
    [InlineData("config.json", "{", "cannot be read")]
    [InlineData("config.json", "[]", "is no JSON object")]
    [InlineData("config.json", """{"model_type":"bert"}""", "names no class")]
    [InlineData("config.json", """{"architectures":["X"],"model_type":"odd"}""", "tokenizer's class is not known")]
    [InlineData("model.safetensors", null, "no weights as safetensors")]
    public void A_folder_that_is_no_model_says_what_is_wrong(string file, string? content, string said)
    {
        if (content is null) File.Delete(_folder.File($"hub/{file}"));
        else Write(file, content);
        var error = Assert.Throws<TrackingException>(() => MlflowModelFolder.Write(Model, _folder.File("out")));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_task_names_those_known() => Assert.Contains(
        "fill-mask, text-classification",
        Assert.Throws<TrackingException>(
            () => MlflowModelFolder.Write(Model with { Task = "sing" }, _folder.File("out"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_an_example_nothing_is_written() =>
        Assert.Throws<TrackingException>(() => MlflowModelFolder.Write(Model with { InputExample = [] }, _folder.File("out")));

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(_folder.File("hub"));
        File.WriteAllText(_folder.File($"hub/{name}"), text);
    }

    private string Read(string name) => File.ReadAllText(_folder.File(name));

    private IEnumerable<string> Files(string name) => Directory.EnumerateFiles(_folder.File(name), "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(_folder.File(name), file)).Order(StringComparer.Ordinal);
}

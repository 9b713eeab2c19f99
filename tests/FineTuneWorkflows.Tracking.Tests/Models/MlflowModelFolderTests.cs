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
                "MLmodel", "code/finetune_workflows_v2.py", "components/tokenizer/config.json", "components/tokenizer/vocab.txt", "conda.yaml", "input_example.json",
                "model/config.json",
                "model/model.safetensors", "python_env.yaml", "requirements.txt", "serving_input_example.json",
            ],
            Files("out"));
        var text = Read("out/MLmodel");
        foreach (var line in new[]
        {
            "    instance_type: TextClassificationPipeline", "    model_binary: model", "    pipeline_model_type: \"BertForSequenceClassification\"",
            "    task: text-classification",
            "    tokenizer_type: \"BertTokenizerFast\"", "    torch_dtype: \"torch.float32\"", "    loader_module: finetune_workflows_v2", "    code: code",
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
        Assert.DoesNotContain("\npeft", Read("whole/requirements.txt"), StringComparison.Ordinal);
        Write("adapter_config.json", """{"base_model_name_or_path":"owner/name"}""");
        MlflowModelFolder.Write(Model, _folder.File("adapters"));
        Assert.Contains("\npeft>=", Read("adapters/requirements.txt"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BertForSequenceClassification", true)]
    [InlineData("BertForTokenClassification", true)]
    [InlineData("BertForMaskedLM", false)]
    [InlineData("GPT2LMHeadModel", false)]
    public void Classes_and_entities_are_answered_by_the_code_that_comes_with_the_model_and_the_rest_by_MLflow(string modelClass, bool own)
    {
        Write("config.json", $$"""{"architectures":["{{modelClass}}"],"model_type":"bert"}""");
        MlflowModelFolder.Write(Model with { Task = null, InputExample = null }, _folder.File("out"));
        Assert.Equal(own, Files("out").Contains("code/finetune_workflows_v2.py"));
        Assert.Contains($"    loader_module: {(own ? "finetune_workflows_v2" : "mlflow.transformers")}\n", Read("out/MLmodel"), StringComparison.Ordinal);
        Assert.Equal(own, Read("out/MLmodel").Contains("    code: code\n", StringComparison.Ordinal));
        Assert.Contains($"    pipeline_model_type: \"{modelClass}\"\n", Read("out/MLmodel"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BertForSequenceClassification", true)]
    [InlineData("BertForTokenClassification", true)]
    [InlineData("BertForMaskedLM", false)]
    [InlineData("GPT2LMHeadModel", false)]
    public void The_names_of_special_tokens_are_text_where_texts_are_classified_and_tokens_where_texts_are_written(string modelClass, bool isText)
    {
        Write("config.json", $$"""{"architectures":["{{modelClass}}"],"model_type":"bert"}""");
        Write("tokenizer_config.json", """{"mask_token":"[MASK]","do_lower_case":true}""");
        MlflowModelFolder.Write(Model with { Task = null, InputExample = null }, _folder.File("out"));
        var settings = System.Text.Json.Nodes.JsonNode.Parse(Read("out/components/tokenizer/tokenizer_config.json"))!;
        Assert.Equal(isText, settings["split_special_tokens"]?.GetValue<bool>() ?? false);
        Assert.Equal(("[MASK]", true), (settings["mask_token"]!.GetValue<string>(), settings["do_lower_case"]!.GetValue<bool>()));
    }

    [Fact]
    public void A_class_of_its_own_is_named_with_the_tokenizer_of_its_family_and_its_code_goes_to_the_model()
    {
        Write("config.json", """{"architectures":["MeanPoolingBertForSequenceClassification"],"model_type":"mean_pooling_bert","base_model_type":"bert"}""");
        Write("mean_pooling.py", "class");
        MlflowModelFolder.Write(Model with { Task = null }, _folder.File("out"));
        Assert.Contains("    pipeline_model_type: \"MeanPoolingBertForSequenceClassification\"\n", Read("out/MLmodel"), StringComparison.Ordinal);
        Assert.Contains("tokenizer_type: \"BertTokenizerFast\"\n", Read("out/MLmodel"), StringComparison.Ordinal);
        Assert.Contains("model/mean_pooling.py", Files("out"));
    }

    [Fact]
    public void A_classifier_can_be_asked_for_probabilities_as_they_are_and_gives_one_for_each_class()
    {
        MlflowModelFolder.Write(Model, _folder.File("out"));
        Assert.Contains("  params: '[{\"name\": \"calibrated\", \"default\": true, \"shape\": null, \"type\": \"boolean\"}]'\n", Read("out/MLmodel"), StringComparison.Ordinal);
        Assert.Contains("\"name\": \"label\"", Outputs(), StringComparison.Ordinal);
        Assert.Contains("{\"type\": \"map\", \"values\": {\"type\": \"double\"}, \"name\": \"probabilities\"", Outputs(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("problem_type")]
    [InlineData("base_problem_type")]
    public void A_model_with_several_classes_a_text_gives_a_list_of_them(string field)
    {
        Write("config.json", $$"""{"architectures":["BertForSequenceClassification"],"model_type":"bert","{{field}}":"multi_label_classification"}""");
        MlflowModelFolder.Write(Model, _folder.File("out"));
        Assert.Contains("{\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"name\": \"labels\"", Outputs(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_for_pairs_takes_two_texts_a_row()
    {
        Write("model_input.json", """{"kind":"TextPairClassification"}""");
        MlflowModelFolder.Write(Model with { InputExample = ["a"] }, _folder.File("out"));
        Assert.Contains("\"name\": \"text\"", Read("out/MLmodel"), StringComparison.Ordinal);
        Assert.Contains("\"name\": \"text_pair\"", Read("out/MLmodel"), StringComparison.Ordinal);
        Assert.Equal("[{\"text\": \"a\", \"text_pair\": \"a\"}]\n", Read("out/input_example.json"));
        Assert.Equal("{\"dataframe_records\": [{\"text\": \"a\", \"text_pair\": \"a\"}]}\n", Read("out/serving_input_example.json"));
    }

    [Fact]
    public void Entities_come_out_as_spans()
    {
        Write("config.json", """{"architectures":["BertForTokenClassification"],"model_type":"bert"}""");
        MlflowModelFolder.Write(Model with { Task = null }, _folder.File("out"));
        foreach (var name in new[] { "start", "end", "label", "text", "score" })
            Assert.Contains($"\"{name}\": {{\"type\":", Outputs(), StringComparison.Ordinal);
        Assert.Contains("\"name\": \"entities\"", Outputs(), StringComparison.Ordinal);
        Assert.Contains("  params: null\n", Read("out/MLmodel"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_versions_are_those_that_were_tested_wherever_they_stand()
    {
        MlflowModelFolder.Write(Model, _folder.File("out"));
        var file = Read("out/MLmodel");
        Assert.Contains("\nmlflow_version: 3.11.2.dev0\n", file, StringComparison.Ordinal);
        Assert.Contains("    transformers_version: 4.55.4\n", file, StringComparison.Ordinal);
        Assert.Contains("    python_version: \"3.13.5\"\n", file, StringComparison.Ordinal);
        Assert.Contains("python: \"3.13.5\"\n", Read("out/python_env.yaml"), StringComparison.Ordinal);
        Assert.Contains("- python=3.13.5\n", Read("out/conda.yaml"), StringComparison.Ordinal);
        Assert.Contains("transformers>=4.55.4,<5\n", Read("out/requirements.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_model_s_uuid_comes_from_its_digest()
    {
        MlflowModelFolder.Write(Model with { Digest = new string('a', 32) + new string('b', 32) }, _folder.File("out"));
        Assert.Contains($"\nmodel_uuid: {new string('a', 32)}\n", Read("out/MLmodel"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"base_model_name_or_path":"owner/name","revision":"abc"}""", null, "  adapter_base: \"owner/name@abc\"\n")]
    [InlineData("""{"base_model_name_or_path":"owner/name","revision":null}""", null, "  adapter_base: \"owner/name\"\n")]
    [InlineData("""{"base_model_name_or_path":"/home/ada/base"}""", """{"model.safetensors":"d1"}""", "a folder of the machine that trained the adapters, with model.safetensors of SHA-256 d1")]
    public void Adapters_alone_say_what_base_others_need_and_lose_no_class_names_to_the_transformers_flavor(string adapter, string? digests, string said)
    {
        Write("adapter_config.json", adapter);
        if (digests is not null) Write("adapter_base.json", digests);
        MlflowModelFolder.Write(Model, _folder.File("out"));
        var file = Read("out/MLmodel");
        Assert.Contains(said, file, StringComparison.Ordinal);
        Assert.DoesNotContain("/home/ada", file, StringComparison.Ordinal);
        Assert.DoesNotContain("  transformers:\n", file, StringComparison.Ordinal);
        Assert.Contains("    loader_module: finetune_workflows_v2\n", file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BertTokenizer", "BertTokenizerFast")]
    [InlineData("XLMRobertaTokenizer", "XLMRobertaTokenizerFast")]
    [InlineData("GPT2TokenizerFast", "GPT2TokenizerFast")]
    [InlineData("OddTokenizer", "OddTokenizer")]
    public void A_tokenizer_is_named_in_its_fast_form_which_knows_where_its_tokens_stand(string named, string written)
    {
        Write("tokenizer_config.json", $$"""{"tokenizer_class":"{{named}}"}""");
        MlflowModelFolder.Write(Model, _folder.File("out"));
        Assert.Contains($"tokenizer_type: \"{written}\"\n", Read("out/MLmodel"), StringComparison.Ordinal);
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
        Assert.Contains("\npeft>=", Read("out/requirements.txt"), StringComparison.Ordinal);
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

    private string Outputs() => Read("out/MLmodel").Split('\n').Single(line => line.StartsWith("  outputs: ", StringComparison.Ordinal));

    private string Read(string name) => File.ReadAllText(_folder.File(name));

    private IEnumerable<string> Files(string name) => Directory.EnumerateFiles(_folder.File(name), "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(_folder.File(name), file)).Order(StringComparer.Ordinal);
}

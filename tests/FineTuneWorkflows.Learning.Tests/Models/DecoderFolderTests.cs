using CsCheck;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models;

public class DecoderFolderTests
{
    public static TheoryData<string> Families => ["gpt2", "llama", "mistral", "qwen2", "qwen3"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Saved_loaded_and_saved_again_the_bytes_are_the_same(string family)
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = RandomModel.Create(Small(family), ModelTask.CausalLanguageModeling);
        model.Save(folder["a"]);
        using LanguageModel loaded = LanguageModel.Load(folder["a"]);
        loaded.Save(folder["b"]);
        Assert.Equal(File.ReadAllBytes(folder["a", "model.safetensors"]), File.ReadAllBytes(folder["b", "model.safetensors"]));
        Assert.Equal(File.ReadAllText(folder["a", "config.json"]), File.ReadAllText(folder["b", "config.json"]));
        Assert.Equal(Small(family).WindowOf(1), ((DecoderConfig)loaded.Config).WindowOf(1));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_token_changes_nothing_before_it(string family)
    {
        using LanguageModel model = RandomModel.Create(Small(family), ModelTask.CausalLanguageModeling);
        (from tokens in Gen.Int[1, 49].Array[2, 20]
         from place in Gen.Int[1, tokens.Length - 1]
         select (tokens, place)).Sample(
            test =>
            {
                int[] other = [.. test.tokens];
                other[test.place] = (other[test.place] % 49) + 1;
                float[][] a = Logits(model, test.tokens), b = Logits(model, other);
                return Enumerable.Range(0, test.place).All(t => a[t].SequenceEqual(b[t])) && !a[test.place].SequenceEqual(b[test.place]);
            },
            iter: 40, threads: 1);
    }

    [Fact]
    public void GPT_2s_published_layout_is_read_without_prefix_masks_and_output()
    {
        // As on the Hub: names without "transformer.", the causal masks as weights, the output tied and left out.
        using var folder = new TemporaryFolder();
        using LanguageModel model = RandomModel.Create(Small("gpt2"), ModelTask.CausalLanguageModeling);
        model.Save(folder["a"]);
        Directory.CreateDirectory(folder["b"]);
        using (torch.Tensor mask = torch.ones(1, 1, 24, 24))
        {
            Learning.Checkpoints.SafetensorsWriter.Write(
                folder["b", "model.safetensors"],
                model.Parameters.Select(p => KeyValuePair.Create(p.Name["transformer.".Length..], p.Value))
                    .Append(KeyValuePair.Create("h.0.attn.bias", mask)).Append(KeyValuePair.Create("h.1.attn.bias", mask)));
        }
        File.Copy(folder["a", "config.json"], folder["b", "config.json"]);
        using LanguageModel loaded = LanguageModel.Load(folder["b"]);
        Assert.Equal(Logits(model, [3, 4, 5])[2], Logits(loaded, [3, 4, 5])[2]);
        using LanguageModel classifier = LanguageModel.FromPretrained(folder["b"], ModelTask.SequenceClassification, ["no", "yes"]);
        Assert.Equal(["score.weight"], classifier.Parameters.Select(p => p.Name).Except(model.Parameters.Select(p => p.Name)));
    }

    [Fact]
    public void A_configuration_of_Llama_3_2_is_read_as_published()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], """
            {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "bos_token_id": 128000, "eos_token_id": [128001, 128008, 128009], "head_dim": 64, "hidden_act": "silu",
             "hidden_size": 2048, "initializer_range": 0.02, "intermediate_size": 8192, "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama", "num_attention_heads": 32,
             "num_hidden_layers": 16, "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
             "original_max_position_embeddings": 8192, "rope_type": "llama3"}, "rope_theta": 500000.0, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "vocab_size": 128256}
            """);
        var config = Assert.IsType<DecoderConfig>(ModelConfig.Read(folder.Path));
        Assert.Equal(ModelTask.CausalLanguageModeling, config.Task);
        Assert.Equal([128001, 128008, 128009], config.EndTokenIds);
        Assert.Equal(("llama3", 32.0, 500000.0, 8, true), (config.RopeScaling!.Kind, config.RopeScaling.Factor, config.RopeTheta, config.KeyValueHeadCount, config.TieWordEmbeddings));
        Assert.Null(config.WindowOf(0));
    }

    [Fact]
    public void A_null_window_of_Mistral_is_no_window()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], """{"model_type": "mistral", "sliding_window": null, "vocab_size": 100}""");
        Assert.Null(((DecoderConfig)ModelConfig.Read(folder.Path)).WindowOf(0));
        File.WriteAllText(folder["config.json"], """{"model_type": "mistral", "vocab_size": 100}""");
        Assert.Equal(4096, ((DecoderConfig)ModelConfig.Read(folder.Path)).WindowOf(0));
    }

    [Theory]
    [InlineData("""{"model_type": "llama", "rope_scaling": {"rope_type": "yarn", "factor": 4.0}}""", "rope_scaling.rope_type is yarn")]
    [InlineData("""{"model_type": "llama", "num_key_value_heads": 5}""", "num_key_value_heads is 5")]
    [InlineData("""{"model_type": "gpt2", "n_head": 5}""", "n_head is 5")]
    [InlineData("""{"model_type": "gpt2", "scale_attn_by_inverse_layer_idx": true}""", "scale_attn_by_inverse_layer_idx is true")]
    [InlineData("""{"model_type": "qwen3", "layer_types": ["full_attention"]}""", "layer_types is a list of 1")]
    [InlineData("""{"model_type": "gemma"}""", "families that can be read are bert, roberta, ")]
    public void What_no_decoder_can_have_is_refused_by_its_own_name(string json, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], json);
        string refused = Assert.Throws<ModelException>(() => ModelConfig.Read(folder.Path)).Message;
        Assert.Contains(message, refused, StringComparison.Ordinal);
        Assert.Contains("config.json", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_direction_refuses_the_others_head()
    {
        Assert.Contains("Use an encoder", Assert.Throws<ModelException>(
            () => LanguageModel.Create(Small("gpt2"), ModelTask.MaskedLanguageModeling, [], seed: 1)).Message, StringComparison.Ordinal);
        Assert.Contains("Use a decoder", Assert.Throws<ModelException>(
            () => LanguageModel.Create(ModelPresets.Get("tiny", 50), ModelTask.CausalLanguageModeling, [], seed: 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData(7, 7)]
    public void A_classifier_has_an_id_that_pads_the_tokenizers_or_else_the_one_that_ends_texts(int? tokenizers, int expected)
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = RandomModel.Create(Small("gpt2") with { PadTokenId = null, EndTokenIds = [50256, 3] }, ModelTask.CausalLanguageModeling);
        model.Save(folder["base"]);
        Assert.Null(ModelConfig.Read(folder["base"]).PadTokenId);
        using LanguageModel classifier = LanguageModel.FromPretrained(folder["base"], ModelTask.SequenceClassification, ["no", "yes"], new StructureOptions { PadTokenId = tokenizers });
        classifier.Save(folder["classifier"]);
        Assert.Equal(expected, ModelConfig.Read(folder["classifier"]).PadTokenId);
    }

    [Fact]
    public void Layers_that_are_cut_off_take_their_types_along()
    {
        using var folder = new TemporaryFolder();
        DecoderConfig config = Small("qwen3") with { SlidingWindow = 3, LayerTypes = ["sliding_attention", "full_attention"] };
        using LanguageModel model = RandomModel.Create(config, ModelTask.CausalLanguageModeling);
        model.Save(folder.Path);
        using LanguageModel shorter = LanguageModel.FromPretrained(folder.Path, ModelTask.CausalLanguageModeling, [], new StructureOptions { Layers = 1 });
        Assert.Equal(["sliding_attention"], ((DecoderConfig)shorter.Config).LayerTypes!);
    }

    [Fact]
    public void The_tokens_that_end_a_text_are_those_of_generation_config_where_it_is_there()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], """{"model_type": "qwen2", "vocab_size": 100, "eos_token_id": 5}""");
        Assert.Equal([5], ((DecoderConfig)ModelConfig.Read(folder.Path)).EndTokenIds);
        File.WriteAllText(folder["generation_config.json"], """{"do_sample": true}""");
        Assert.Equal([5], ((DecoderConfig)ModelConfig.Read(folder.Path)).EndTokenIds);
        File.WriteAllText(folder["generation_config.json"], """{"eos_token_id": [5, 7], "do_sample": true}""");
        Assert.Equal([5, 7], ((DecoderConfig)ModelConfig.Read(folder.Path)).EndTokenIds);
        foreach ((string json, string message) in new[] { ("""{"eos_token_id": "end"}""", "eos_token_id is \"end\""), ("[", "no valid generation configuration") })
        {
            File.WriteAllText(folder["generation_config.json"], json);
            string refused = Assert.Throws<ModelException>(() => ModelConfig.Read(folder.Path)).Message;
            Assert.Contains("generation_config.json", refused, StringComparison.Ordinal);
            Assert.Contains(message, refused, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Frozen_layers_and_embeddings_get_no_gradient_and_the_others_the_same(string family)
    {
        using var folder = new TemporaryFolder();
        using LanguageModel free = RandomModel.Create(Small(family) with { HiddenDropout = 0, AttentionDropout = 0, EmbeddingDropout = 0 }, ModelTask.SequenceClassification, "a", "b");
        free.Save(folder.Path);
        using LanguageModel frozen = LanguageModel.FromPretrained(
            folder.Path, ModelTask.SequenceClassification, ["a", "b"], new StructureOptions { FreezeLayers = 1, FreezeEmbeddings = true });
        string[] kept = family == "gpt2" ? ["transformer.wte.", "transformer.wpe.", "transformer.h.0."] : ["model.embed_tokens.", "model.layers.0."];
        Assert.All(frozen.Parameters, p => Assert.Equal(!kept.Any(start => p.Name.StartsWith(start, StringComparison.Ordinal)), p.Trainable));
        Dictionary<string, float[]> all = Gradients(free), some = Gradients(frozen);
        Assert.Equal(frozen.TrainableParameters.Select(p => p.Name).Order(StringComparer.Ordinal), some.Keys.Order(StringComparer.Ordinal));
        Assert.All(some, pair => Assert.Equal(all[pair.Key], pair.Value));
    }

    [Fact]
    public void Dropout_before_a_head_for_classes_is_the_one_asked_for()
    {
        using var folder = new TemporaryFolder();
        using LanguageModel model = RandomModel.Create(Small("llama"), ModelTask.CausalLanguageModeling);
        model.Save(folder.Path);
        foreach (ModelTask task in new[] { ModelTask.SequenceClassification, ModelTask.TokenClassification })
        {
            using LanguageModel dropping = LanguageModel.FromPretrained(folder.Path, task, ["a", "b"], new StructureOptions { ClassifierDropout = 0.5 });
            using LanguageModel keeping = LanguageModel.FromPretrained(folder.Path, task, ["a", "b"]);
            Assert.Equal(0.5, ((DecoderConfig)dropping.Config).ClassifierDropout);
            Assert.NotEqual(Trained(dropping), Trained(dropping));
            Assert.Equal(Trained(keeping), Trained(keeping));
        }

        static float[] Trained(LanguageModel model)
        {
            using var noGrad = torch.no_grad();
            using var scope = torch.NewDisposeScope();
            return [.. model.Logits(model.Batch([0], new LabelledData([[3, 4, 5, 6, 7]])), training: true).data<float>()];
        }
    }

    private static Dictionary<string, float[]> Gradients(LanguageModel model)
    {
        using var scope = torch.NewDisposeScope();
        model.Logits(model.Batch([0, 1], new LabelledData([[3, 4, 5], [6, 7]])), training: true).square().sum().backward();
        return model.Parameters.Where(p => p.Value.grad is not null).ToDictionary(p => p.Name, p => p.Value.grad!.data<float>().ToArray(), StringComparer.Ordinal);
    }

    private static DecoderConfig Small(string family) => DecoderConfig.For(family) with
    {
        VocabSize = 50, HiddenSize = 16, LayerCount = 2, HeadCount = 4, IntermediateSize = 24, MaxPositions = 24, InitializerRange = 0.3, HeadSize = null,
        KeyValueHeadCount = family == "gpt2" ? null : 2, StartTokenId = null, EndTokenIds = [], PadTokenId = 0,
    };

    private static float[][] Logits(LanguageModel model, int[] tokens)
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        torch.Tensor logits = model.Logits(model.Batch([0], new LabelledData([tokens])), training: false);
        return [.. tokens.Select((_, place) => logits[place].data<float>().ToArray())];
    }
}

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
    [InlineData("""{"model_type": "gemma"}""", "families that can be read are bert, roberta, xlm-roberta, distilbert, gpt2, llama")]
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

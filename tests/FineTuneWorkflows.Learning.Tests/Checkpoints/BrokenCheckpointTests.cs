using System.Buffers.Binary;
using System.Text;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Checkpoints;

/// <summary>Model folders that are broken: an error names file and tensor, and little memory is taken before it.</summary>
public sealed class BrokenCheckpointTests : IDisposable
{
    private const string Tensor = "bert.encoder.layer.1.output.dense.weight";
    private const long MostBytes = 4 << 20;
    private static readonly string[] Labels = ["negative", "positive"];
    private readonly TemporaryFolder _folder = new();

    public BrokenCheckpointTests()
    {
        using LanguageModel model = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, Labels, seed: 1);
        model.Save(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(float.NaN, TensorType.F32)]
    [InlineData(float.PositiveInfinity, TensorType.F32)]
    [InlineData(float.NaN, TensorType.BF16)]
    [InlineData(float.NegativeInfinity, TensorType.F16)]
    [InlineData(float.NaN, TensorType.F64)]
    public void A_weight_that_is_no_number_is_named_with_its_place(float value, TensorType type)
    {
        Rewrite(Tensor, tensor =>
        {
            tensor[3, 7] = torch.tensor(value);
            return tensor.to(TensorTypes.ToTorch(type));
        });
        string message = Refusal();
        Assert.Contains($"{_folder["model.safetensors"]}: tensor '{Tensor}' has a value that is no finite number", message, StringComparison.Ordinal);
        Assert.Contains($"at place {(3 * 32) + 7} of {16 * 32}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_too_large_for_32_bits_is_no_finite_one()
    {
        Rewrite(Tensor, tensor => tensor.to(torch.float64) + 1e300);
        Assert.Contains($"'{Tensor}' has a value that is no finite number", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TensorType.I64)]
    [InlineData(TensorType.U8)]
    [InlineData(TensorType.BOOL)]
    public void A_weight_of_integers_is_refused(TensorType type)
    {
        Rewrite(Tensor, tensor => tensor.to(TensorTypes.ToTorch(type)));
        Assert.Contains($"{_folder["model.safetensors"]}: tensor '{Tensor}' has element type {type}", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_file_names_a_tensor_that_is_not_all_there()
    {
        string path = _folder["model.safetensors"];
        byte[] bytes = File.ReadAllBytes(path);
        int header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        foreach (int length in new[] { bytes.Length - 1, bytes.Length / 2, header + 1, header, header - 1, 100, 8, 7, 0 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            string message = Refusal();
            Assert.Contains(path, message, StringComparison.Ordinal);
            Assert.Contains(length > header ? "but the data has" : length >= 8 ? "bytes" : "less than the 8", message, StringComparison.Ordinal);
            if (length > header)
                Assert.Matches("tensor '[a-zA-Z0-9._]+' claims bytes", message);
        }
    }

    [Fact]
    public void A_header_of_100_MB_is_refused_without_taking_its_memory()
    {
        string path = _folder["model.safetensors"];
        byte[] length = new byte[8];
        foreach (long claimed in new[] { 100_000_001, 99_999_999 })
        {
            BinaryPrimitives.WriteInt64LittleEndian(length, claimed);
            using (FileStream file = File.Create(path))
            {
                file.Write(length);
                file.SetLength(8 + claimed);
            }
            Assert.Contains(path, Refusal(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{\"@\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "a name of 50000000 bytes")]
    [InlineData("{\"a\":{\"dtype\":\"@\",\"shape\":[1],\"data_offsets\":[0,4]}}", "tensor 'a' has element type 'xxx")]
    [InlineData("{\"a\":{\"@\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "tensor 'a' has the unknown field 'xxx")]
    [InlineData("{\"__metadata__\":{\"@\":\"\"}}", "metadata has more than")]
    [InlineData("{\"__metadata__\":{\"a\":\"@\"}}", "metadata has more than")]
    public void A_header_with_50_MB_of_text_is_refused_without_taking_their_memory(string header, string problem)
    {
        byte[] json = Encoding.UTF8.GetBytes(header.Replace("@", new string('x', 50_000_000), StringComparison.Ordinal)), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        using (FileStream file = File.Create(_folder["model.safetensors"]))
        {
            file.Write(length);
            file.Write(json);
            file.Write(new byte[4]);
        }
        string message = Refusal();
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.True(message.Length < 1000);
    }

    [Theory]
    [InlineData("hidden_size", 3_000_000)]
    [InlineData("intermediate_size", 2_000_000_000)]
    [InlineData("vocab_size", 2_000_000_000)]
    [InlineData("max_position_embeddings", 2_000_000_000)]
    [InlineData("num_hidden_layers", 2_000_000_000)]
    public void Sizes_in_the_configuration_that_the_file_does_not_have_are_refused_before_memory_is_taken(string field, int size)
    {
        var config = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(_folder["config.json"]))!;
        config[field] = size;
        File.WriteAllText(_folder["config.json"], config.ToJsonString());
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        long before = process.VirtualMemorySize64;
        string message = Refusal();
        Assert.Contains(_folder["model.safetensors"], message, StringComparison.Ordinal);
        Assert.Contains(field == "num_hidden_layers" ? "layers" : $"{size}", message, StringComparison.Ordinal);
        process.Refresh();
        Assert.True(process.VirtualMemorySize64 - before < 1L << 30);
    }

    [Fact]
    public void Shards_give_what_one_file_gives()
    {
        Split();
        using LanguageModel model = LanguageModel.Load(_folder.Path);
        using LanguageModel same = LanguageModel.Create(ToyData.Config, ModelTask.SequenceClassification, Labels, seed: 1);
        foreach (ModelParameter parameter in model.Parameters)
            Assert.Equal(same.Find(parameter.Name)!.Value.data<float>().ToArray(), parameter.Value.data<float>().ToArray());
    }

    [Fact]
    public void A_missing_shard_is_named_with_a_weight_of_it()
    {
        Split();
        File.Delete(_folder["model-2.safetensors"]);
        string message = Refusal();
        Assert.Contains($"{_folder["model-2.safetensors"]} does not exist", message, StringComparison.Ordinal);
        Assert.Contains("'bert.pooler.dense.weight' among them", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_shard_is_named()
    {
        Split();
        byte[] bytes = File.ReadAllBytes(_folder["model-2.safetensors"]);
        File.WriteAllBytes(_folder["model-2.safetensors"], bytes[..^3]);
        Assert.Matches("model-2.safetensors is not a valid safetensors file: tensor '[a-z.]+' claims bytes", Refusal());
    }

    [Theory]
    [InlineData("{\"weight_map\":{\"@\":\"model-1.safetensors\"}}", "has no tensor 'bert.pooler.dense.weight', but")]
    [InlineData("{\"weight_map\":{\"@\":\"../model-1.safetensors\"}}", "'bert.pooler.dense.weight' is said to be in \"../model-1.safetensors\"")]
    [InlineData("{\"weight_map\":{\"@\":5}}", "'bert.pooler.dense.weight' is said to be in 5")]
    [InlineData("{\"weight_map\":{\"@\":\"model-2.safetensors\",\"@\":\"model-1.safetensors\"}}", "names weight 'bert.pooler.dense.weight' twice")]
    [InlineData("{\"weight_map\":{}}", "names no weight")]
    [InlineData("{\"weight_map\":[]}", "has no object weight_map")]
    [InlineData("[]", "has no object weight_map")]
    [InlineData("{", "is no index of shards")]
    [InlineData("{\"weight_map\":{\"@\":\"model-2.safetensors\"}}", "2 layers need more than the 1 weights")]
    public void An_index_that_lies_is_refused_by_name(string index, string problem)
    {
        Split();
        File.WriteAllText(_folder["model.safetensors.index.json"], index.Replace("@", "bert.pooler.dense.weight", StringComparison.Ordinal));
        string message = Refusal();
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.Contains("model.safetensors.index.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_in_two_shards_is_refused()
    {
        Split();
        File.Copy(_folder["model-1.safetensors"], _folder["model-3.safetensors"]);
        string index = File.ReadAllText(_folder["model.safetensors.index.json"]);
        File.WriteAllText(_folder["model.safetensors.index.json"], index.Replace("\"classifier.bias\":\"model-1.safetensors\"",
            "\"classifier.bias\":\"model-3.safetensors\"", StringComparison.Ordinal));
        Assert.Contains("is in two shards, model-1.safetensors and model-3.safetensors", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_names_more_tensors_than_any_model_has_is_refused()
    {
        var header = new System.Text.StringBuilder("{");
        for (int i = 0; i < 262_145; i++)
            header.Append(i == 0 ? "" : ",").Append('"').Append(i).Append("\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
        byte[] json = System.Text.Encoding.UTF8.GetBytes(header.Append('}').ToString());
        File.WriteAllBytes(_folder["model.safetensors"], [.. BitConverter.GetBytes((ulong)json.Length), .. json]);
        Assert.Contains("its header names more than 262144 tensors", Assert.Throws<CheckpointException>(() => LanguageModel.Load(_folder.Path).Dispose()).Message, StringComparison.Ordinal);
    }

    private string Refusal()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        CheckpointException exception = Assert.Throws<CheckpointException>(() => LanguageModel.Load(_folder.Path).Dispose());
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes);
        return exception.Message;
    }

    private Dictionary<string, torch.Tensor> Tensors()
    {
        using SafetensorsReader reader = SafetensorsReader.Open(_folder["model.safetensors"]);
        return reader.Entries.Keys.ToDictionary(name => name, reader.Read, StringComparer.Ordinal);
    }

    private void Rewrite(string name, Func<torch.Tensor, torch.Tensor> change)
    {
        using var scope = torch.NewDisposeScope();
        Dictionary<string, torch.Tensor> tensors = Tensors();
        tensors[name] = change(tensors[name]);
        SafetensorsWriter.Write(_folder["model.safetensors"], tensors);
    }

    /// <summary>The same weights in two files, the pooler's in the second.</summary>
    private void Split()
    {
        using var scope = torch.NewDisposeScope();
        Dictionary<string, torch.Tensor> tensors = Tensors();
        File.Delete(_folder["model.safetensors"]);
        foreach (var shard in tensors.GroupBy(pair => Shard(pair.Key)))
            SafetensorsWriter.Write(_folder[shard.Key], shard);
        string map = string.Join(',', tensors.Keys.Order(StringComparer.Ordinal).Select(name => $"\"{name}\":\"{Shard(name)}\""));
        File.WriteAllText(_folder["model.safetensors.index.json"], $"{{\"metadata\":{{\"total_size\":1}},\"weight_map\":{{{map}}}}}");

        static string Shard(string name) => name == "bert.pooler.dense.weight" ? "model-2.safetensors" : "model-1.safetensors";
    }
}

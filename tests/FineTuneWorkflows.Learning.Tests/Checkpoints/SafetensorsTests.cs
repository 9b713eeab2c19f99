using System.Buffers.Binary;
using System.Text;
using CsCheck;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Checkpoints;

public class SafetensorsTests
{
    public SafetensorsTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Hand_written_bytes_are_read()
    {
        using var folder = new TemporaryFolder();
        byte[] data = [0, 0, 128, 63, 0, 0, 0, 192, 7, 128, 63];
        string path = Write(folder, """
            {"b":{"dtype":"U8","shape":[],"data_offsets":[8,9]},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},
            "c":{"dtype":"BF16","shape":[1],"data_offsets":[9,11]},"__metadata__":{"format":"pt"}}
            """, data);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        using torch.Tensor a = reader.Read("a"), b = reader.Read("b"), c = reader.Read("c").to(torch.float32);
        Assert.Equal([1, 2], a.shape);
        Assert.Equal([1f, -2f], a.data<float>().ToArray());
        Assert.Equal(7, b.WholeNumber());
        Assert.Equal(1f, c.Number());
        Assert.Equal("pt", reader.Metadata["format"]);
    }

    [Fact]
    public void Written_bytes_are_these_whatever_order_the_tensors_come_in()
    {
        using var folder = new TemporaryFolder();
        using torch.Tensor one = torch.tensor(new[] { 1f, -2f }), two = torch.tensor(new[] { 3L });
        string first = SafetensorsWriter.Write(folder["1"], [KeyValuePair.Create("b", two), KeyValuePair.Create("a", one)]);
        string second = SafetensorsWriter.Write(folder["2"], [KeyValuePair.Create("a", one), KeyValuePair.Create("b", two)]);
        Assert.Equal(first, second);
        byte[] bytes = File.ReadAllBytes(folder["1"]);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"""
            + "\"b\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[8,16]}}",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal([0, 0, 128, 63, 0, 0, 0, 192, 3, 0, 0, 0, 0, 0, 0, 0], bytes[(8 + length)..]);
    }

    [Fact]
    public void Every_element_type_comes_back_as_it_was()
    {
        using var folder = new TemporaryFolder();
        using var scope = torch.NewDisposeScope();
        var tensors = Enum.GetValues<TensorType>().ToDictionary(type => type.ToString(), type => torch.tensor([0L, 1, 2, 3, 4, 5], [2, 3]).to(TensorTypes.ToTorch(type)));
        tensors["transposed"] = torch.tensor([0L, 1, 2, 3, 4, 5], [2, 3]).t();
        tensors["empty"] = torch.zeros(0, 4);
        tensors["scalar"] = torch.tensor(2.5);
        SafetensorsWriter.Write(folder["x"], tensors);
        using SafetensorsReader reader = SafetensorsReader.Open(folder["x"]);
        Assert.Equal(tensors.Count, reader.Entries.Count);
        foreach ((string name, torch.Tensor tensor) in tensors)
        {
            torch.Tensor read = reader.Read(name);
            Assert.Equal(tensor.dtype, read.dtype);
            Assert.Equal(tensor.shape, read.shape);
            Assert.True(tensor.equal(read).all().to(TorchSharp.torch.ScalarType.Int64).WholeNumber() == 1, name);
        }
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "needs 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "claims bytes 0 to 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "'b' overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "claims bytes 4 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "'a' has a value that is no size")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9],"data_offsets":[0,4]}}""", 4, "impossibly large")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4, "tensor 'a' has element type 'F8_E4M3'")]
    [InlineData("""{"a":{"dtype":"3","shape":[1],"data_offsets":[0,4]}}""", 4, "element type '3'")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "lacks dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'a' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4""", 4, "no valid JSON")]
    [InlineData("""{} x""", 0, "no valid JSON")]
    [InlineData("""[1]""", 0, "no JSON object")]
    [InlineData("""{"a":5}""", 0, "'a' is not described")]
    [InlineData("""{"a":{"dtype":5,"shape":[1],"data_offsets":[0,4]}}""", 4, "no valid JSON")]
    public void A_header_that_lies_is_refused_by_name(string header, int dataBytes, string message)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, header, new byte[dataBytes]);
        CheckpointException exception = Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(path));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue, "more than")]
    [InlineData(100_000_001, "more than")]
    [InlineData(17, "but the file has 24")]
    public void A_header_longer_than_the_file_or_the_limit_is_refused_before_it_is_read(ulong claimed, string message)
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = new byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, claimed);
        File.WriteAllBytes(folder["x.safetensors"], bytes);
        Assert.Contains(message, Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(folder["x.safetensors"])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Random_damage_gives_a_typed_error_or_a_readable_file_and_never_a_crash()
    {
        using var folder = new TemporaryFolder();
        using torch.Tensor one = torch.ones(3, 5), two = torch.tensor(new[] { 3L });
        SafetensorsWriter.Write(folder["good"], [KeyValuePair.Create("one", one), KeyValuePair.Create("two", two)]);
        byte[] good = File.ReadAllBytes(folder["good"]);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample(
            (at, value, length) =>
            {
                byte[] bytes = [.. good];
                bytes[at] = value;
                File.WriteAllBytes(folder["bad"], bytes[..(value % 2 == 0 ? length : bytes.Length)]);
                try
                {
                    using SafetensorsReader reader = SafetensorsReader.Open(folder["bad"]);
                    foreach (string name in reader.Entries.Keys)
                        reader.Read(name).Dispose();
                }
                catch (CheckpointException exception)
                {
                    return exception.Message.Contains(folder["bad"], StringComparison.Ordinal);
                }
                return true;
            },
            iter: 2000, threads: 1);
    }

    [Fact]
    public void A_pickle_is_refused_with_the_way_to_convert_it()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["pytorch_model.bin"], [0x80, 2]);
        CheckpointException exception = Assert.Throws<CheckpointException>(() => SafetensorsReader.Open(folder["pytorch_model.bin"]));
        Assert.Contains("safe_serialization=True", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_precision_is_widened_when_read_into_a_parameter_and_another_shape_is_refused()
    {
        using var folder = new TemporaryFolder();
        using torch.Tensor half = torch.tensor(new[] { 1.5f, -2f }).to(torch.float16), target = torch.zeros(2), wrong = torch.zeros(3);
        SafetensorsWriter.Write(folder["x"], [KeyValuePair.Create("half", half)]);
        using SafetensorsReader reader = SafetensorsReader.Open(folder["x"]);
        reader.ReadInto("half", target);
        Assert.Equal([1.5f, -2f], target.data<float>().ToArray());
        Assert.Contains("'half' has shape [2], but [3]", Assert.Throws<CheckpointException>(() => reader.ReadInto("half", wrong)).Message,
            StringComparison.Ordinal);
        Assert.Contains("'none'", Assert.Throws<CheckpointException>(() => reader.Read("none")).Message, StringComparison.Ordinal);
    }

    private static string Write(TemporaryFolder folder, string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        File.WriteAllBytes(folder["x.safetensors"], [.. length, .. json, .. data]);
        return folder["x.safetensors"];
    }
}

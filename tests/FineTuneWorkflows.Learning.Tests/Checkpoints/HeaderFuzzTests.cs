using System.Text;
using CsCheck;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Tests.Support;

namespace FineTuneWorkflows.Learning.Tests.Checkpoints;

/// <summary>Whatever is done to a header, opening succeeds or says which file is wrong, and takes no memory by what the header claims.</summary>
public class HeaderFuzzTests
{
    private const long MostBytes = 1 << 20;

    private static readonly Gen<string> AnyValue = Gen.OneOf(
        Gen.OneOfConst(
            "null", "true", "\"\"", "\"F32\"", "\"BF16\"", "\"F64\"", "\"BOOL\"", "\"f32\"", "\"F32,F16\"", "[]", "{}", "[[]]", "[0,4]", "[4,0]", "[0,0]",
            "[1,2,3]", "[-1]", "[0.5]", "[1e3]", "[\"1\"]", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e400", "-0",
            "\"\\ud800\"", "[0,9223372036854775807]", "[9223372036854775807,9223372036854775807]", "[4294967296,4294967296,4294967296]",
            "[0,9223372036854775807]", "[0,4294967296,4294967296]", "{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}"),
        Gen.Long.Select(x => $"[{x}]"), Gen.Select(Gen.Long[0, 80], Gen.Long[0, 80]).Select((a, b) => $"[{a},{b}]"),
        Gen.Int[1, 400].Select(depth => new string('[', depth)));

    [Fact]
    public async Task Damaged_bytes_of_a_header_are_an_error_that_names_the_file()
    {
        byte[] good = Encoding.UTF8.GetBytes(Text(Good()));
        var change = Gen.Select(Gen.Int[0, 4], Gen.Int[0, good.Length - 1], Gen.Int[0, good.Length - 1], Gen.Byte);
        await Fuzz.Try(change.Array[1, 4], 20_000, changes =>
        {
            byte[] bytes = good;
            foreach ((int kind, int a, int b, byte value) in changes)
                bytes = Changed(bytes, kind, Math.Min(a, bytes.Length), Math.Min(b, bytes.Length), value);
            Parse(bytes);
        });
    }

    [Fact]
    public async Task Changed_fields_of_a_header_are_an_error_that_names_the_file()
    {
        var change = Gen.Select(Gen.Int[0, 2], Gen.OneOfConst("dtype", "shape", "data_offsets", "more", ""), AnyValue, Gen.Bool);
        await Fuzz.Try(change.Array[1, 3], 20_000, changes =>
        {
            List<(string Name, List<(string Field, string Value)> Fields)> tensors = Good();
            foreach ((int tensor, string field, string value, bool again) in changes)
                Change(tensors, tensor, field, value, again);
            Parse(Encoding.UTF8.GetBytes(Text(tensors)));
        });
    }

    private static List<(string Name, List<(string Field, string Value)> Fields)> Good() =>
    [
        ("one", [("dtype", "\"F32\""), ("shape", "[3,5]"), ("data_offsets", "[0,60]")]),
        ("three", [("dtype", "\"BF16\""), ("shape", "[2,2]"), ("data_offsets", "[60,68]")]),
        ("two", [("dtype", "\"I64\""), ("shape", "[1]"), ("data_offsets", "[68,76]")]),
    ];

    private static byte[] Changed(byte[] bytes, int kind, int a, int b, byte value) => kind switch
    {
        0 => bytes[..a],
        1 => [.. bytes[..a], value, .. bytes[Math.Min(a + 1, bytes.Length)..]],
        2 => [.. bytes[..Math.Min(a, b)], .. bytes[Math.Max(a, b)..]],
        3 => [.. bytes[..a], .. bytes[Math.Min(a, b)..Math.Max(a, b)], .. bytes[a..]],
        _ => [.. bytes[..a], value, value, .. bytes[a..]],
    };

    /// <summary>Sets a field of a tensor, or writes it once more; without a field, writes the tensor once more or with another name.</summary>
    private static void Change(List<(string Name, List<(string Field, string Value)> Fields)> tensors, int tensor, string field, string value, bool again)
    {
        (string name, List<(string Field, string Value)> fields) = tensors[tensor];
        if (field.Length == 0)
            tensors.Add((again ? name : "__metadata__", [("x", value)]));
        else if (!again)
            fields.RemoveAll(f => f.Field == field);
        if (field.Length > 0 && (again || value != "null"))
            fields.Add((field, value));
    }

    private static string Text(List<(string Name, List<(string Field, string Value)> Fields)> tensors) => "{" + string.Join(',', tensors.Select(tensor =>
        $"\"{tensor.Name}\":{{{string.Join(',', tensor.Fields.Select(f => $"\"{f.Field}\":{f.Value}"))}}}")) + "}";

    private static void Parse(byte[] header)
    {
        const string path = "folder/bad.safetensors";
        long start = 8 + header.Length, end = start + 76, before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            (Dictionary<string, TensorEntry> entries, _) = SafetensorsHeader.Parse(header, start, end, path);
            Assert.Equal(76, entries.Values.Sum(entry => entry.Length));
            Assert.All(entries.Values, entry => Assert.InRange(entry.Offset, start, end - entry.Length));
        }
        catch (CheckpointException exception)
        {
            Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
            Assert.True(exception.Message.Length < 2000, exception.Message);
        }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes);
    }
}

using System.Text;
using CsCheck;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Tokenization.Loading;

/// <summary>Every kind of tokenizer file, damaged in ways that are the same in every run: loading succeeds or says which file is wrong.</summary>
public sealed class TokenizerFuzzTests : IDisposable
{
    // A file of 2 KB that claims a size must not be believed before it is read.
    private const long MostBytes = 64 << 20;
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(3);

    private static readonly string[] Hostile =
    [
        "null", "-1", "2147483647", "2147483648", "1e99", "[]", "{}", "\"\"", "true", "[[]]", "\"\\u0000\"", "\"(((\"", "\"(a+)+$\"", "[0]", "{\"a\":1}",
        "\"[a-\"", "99999999999999999999", "\"\\ud800\"",
    ];

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("vocab.txt", 400)]
    [InlineData("tokenizer.json", 800)]
    [InlineData("vocab.json", 400)]
    [InlineData("merges.txt", 400)]
    [InlineData("tokenizer_config.json", 400)]
    [InlineData("tokenizer.model", 120)]
    [InlineData("sentencepiece.bpe.model", 40)]
    public async Task Damaged_bytes_are_an_error_that_names_a_file(string name, int count)
    {
        var files = FilesWith(name);
        var good = files[name];
        // Most damage near the front, where sizes and kinds stand.
        var place = Gen.OneOf(Gen.Int[0, Math.Min(64, good.Length - 1)], Gen.Int[0, good.Length - 1]);
        var change = Gen.Select(Gen.Int[0, 4], place, place, Gen.OneOf(Gen.Byte, Gen.OneOfConst<byte>(0, 10, 0x7f, 0x80, 0xff)));
        await Try(change.Array[1, 3], count, changes =>
        {
            var bytes = good;
            foreach (var (kind, a, b, value) in changes) bytes = Changed(bytes, kind, Math.Min(a, bytes.Length), Math.Min(b, bytes.Length), value);
            Load(files, name, bytes);
        });
    }

    [Theory]
    [InlineData("tokenizer.json", 1500)]
    [InlineData("tokenizer_config.json", 500)]
    [InlineData("vocab.json", 500)]
    public async Task Values_of_another_kind_are_an_error_that_names_a_file(string name, int count)
    {
        var files = FilesWith(name);
        var text = Encoding.UTF8.GetString(files[name]);
        // After each colon and each opening bracket or comma of a list stands a value.
        int[] places = [.. Enumerable.Range(1, text.Length - 1).Where(i => text[i - 1] is ':' or '[' or ',' && text[i] is not ('\n' or '\r'))];
        await Try(Gen.Select(Gen.Int[0, places.Length - 1], Gen.OneOfConst(Hostile)), count, change =>
        {
            var (at, value) = (places[change.Item1], change.Item2);
            Load(files, name, Encoding.UTF8.GetBytes(text[..at] + value + text[End(text, at)..]));
        });
    }

    private static int End(string text, int at)
    {
        var depth = 0;
        var quoted = false;
        for (var i = at; i < text.Length; i++)
        {
            if (text[i] == '"' && text[i - 1] != '\\') quoted = !quoted;
            if (quoted) continue;
            if (text[i] is '[' or '{') depth++;
            if (text[i] is ']' or '}' && --depth < 0) return i;
            if (text[i] == ',' && depth == 0) return i;
        }
        return text.Length;
    }

    private static Dictionary<string, byte[]> FilesWith(string name)
    {
        var fixtures = Path.Combine(AppContext.BaseDirectory, "Tokenization", "Fixtures");
        return name switch
        {
            "vocab.txt" => new() { [name] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nw\n##ö\n##r\n##ld\n<\n>\ns\n"u8.ToArray() },
            "tokenizer.json" => Bytes(SmallTokenizers.Json),
            "tokenizer.model" => new() { [name] = File.ReadAllBytes(Path.Combine(fixtures, "llama", name)) },
            "sentencepiece.bpe.model" => new() { [name] = File.ReadAllBytes(Path.Combine(fixtures, "xlm-roberta", name)) },
            _ => Bytes(SmallTokenizers.BytePairs),
        };

        static Dictionary<string, byte[]> Bytes(Dictionary<string, string> files) => files.ToDictionary(f => f.Key, f => Encoding.UTF8.GetBytes(f.Value));
    }

    private static byte[] Changed(byte[] bytes, int kind, int a, int b, byte value) => kind switch
    {
        0 => bytes[..a],
        1 => [.. bytes[..a], value, .. bytes[Math.Min(a + 1, bytes.Length)..]],
        2 => [.. bytes[..Math.Min(a, b)], .. bytes[Math.Max(a, b)..]],
        3 => [.. bytes[..a], .. bytes[Math.Min(a, b)..Math.Max(a, b)], .. bytes[a..]],
        _ => [.. bytes[..a], value, value, value, value, value, .. bytes[a..]],
    };

    private static async Task Try<T>(Gen<T> inputs, int count, Action<T> check)
    {
        var at = 0;
        var trying = Task.Run(() =>
        {
            var random = new PCG(1, 20260101);
            for (; at < count; at++) check(inputs.Generate(random, null, out _));
        });
        try
        {
            await trying.WaitAsync(Hang, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Input {at} of {count} did not end.");
        }
    }

    private void Load(Dictionary<string, byte[]> files, string changed, byte[] bytes)
    {
        foreach (var (file, content) in files) File.WriteAllBytes(_temp[file], file == changed ? bytes : content);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var tokenizer = Tokenizer.Load(_temp.Path);
            _ = tokenizer.Decode(tokenizer.Encode("Hello <s> wörld 😀").Ids);
        }
        catch (TextDataException e)
        {
            Assert.NotNull(e.File);
            Assert.True(e.Message.Length < 4000, e.Message);
        }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes);
    }
}

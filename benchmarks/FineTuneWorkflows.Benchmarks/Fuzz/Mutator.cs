using System.Text;
using FineTuneWorkflows.Benchmarks.Harness;

namespace FineTuneWorkflows.Benchmarks.Fuzz;

/// <summary>Changes an input in a few random ways: bytes, pieces of its kind, values of JSON, whole stretches repeated, left out or taken from another input.</summary>
internal sealed class Mutator(SeededRandom random, IReadOnlyList<FuzzInput> corpus, IReadOnlyList<string> pieces)
{
    private const int MostChanges = 6, Longest = 1 << 20;

    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "2147483647", "2147483648", "-9223372036854775808", "99999999999999999999", "1e309", "0.5", "\"\"", "[]", "{}", "[[]]", "[0]", "{\"a\":1}", "\"\\u0000\"", "\"\\ud800\"", "\"(a+)+$\"", "\"(?=(a+)+$)b\"",
        "\"\\uFEFF\"", "\"a\\r\\nb\"", "\"\uD83D\uDE00\"", "\"../../x\"",
    ];

    private static readonly byte[] Special = [0, 9, 10, 13, 34, 39, 44, 92, 123, 125, 0x7f, 0x80, 0xc0, 0xed, 0xf4, 0xfe, 0xff];

    /// <summary>A changed copy of one of the inputs.</summary>
    public FuzzInput Next()
    {
        var source = corpus[random.Next(corpus.Count)];
        var bytes = source.Bytes;
        for (var changes = 1 + random.Next(MostChanges); changes > 0; changes--) bytes = Changed(bytes);
        return source with { Bytes = bytes.Length > Longest ? bytes[..Longest] : bytes };
    }

    private byte[] Changed(byte[] bytes)
    {
        var at = random.Next(bytes.Length + 1);
        var end = Math.Min(bytes.Length, at + 1 + random.Next(random.Next(4) == 0 ? Math.Max(1, bytes.Length) : 16));
        switch (random.Next(10))
        {
            case 0: return bytes[..at];
            case 1: return [.. bytes[..at], .. bytes[end..]];
            case 2: return [.. bytes[..at], Special[random.Next(Special.Length)], .. bytes[end..]];
            case 3: return [.. bytes[..at], (byte)random.Next(256), .. bytes[Math.Min(bytes.Length, at + 1)..]];
            case 4: return [.. bytes[..at], .. Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Count)]), .. bytes[at..]];
            case 5: return [.. bytes[..at], .. Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Count)]), .. bytes[end..]];
            case 6: return Repeated(bytes, at, end);
            case 7:
                var other = corpus[random.Next(corpus.Count)].Bytes;
                var from = random.Next(other.Length + 1);
                return [.. bytes[..at], .. other[from..Math.Min(other.Length, from + random.Next(200))], .. bytes[end..]];
            default: return WithValue(bytes);
        }
    }

    private byte[] Repeated(byte[] bytes, int at, int end)
    {
        var times = random.Next(3) switch { 0 => 2, 1 => 1 + random.Next(100), _ => 1 + random.Next(20_000) };
        times = Math.Min(times, Longest / Math.Max(1, end - at));
        return [.. bytes[..at], .. Enumerable.Repeat(bytes[at..end], times).SelectMany(b => b), .. bytes[end..]];
    }

    /// <summary>Puts a value in the place of one: what follows a colon, a bracket or a comma.</summary>
    private byte[] WithValue(byte[] bytes)
    {
        if (bytes.Length == 0) return bytes;
        var start = random.Next(bytes.Length);
        while (start < bytes.Length && bytes[start] is not ((byte)':' or (byte)'[' or (byte)',')) start++;
        if (start == bytes.Length) return bytes;
        var end = ++start;
        var (depth, quoted) = (0, false);
        for (; end < bytes.Length; end++)
        {
            var b = bytes[end];
            if (quoted)
            {
                if (b == '\\') end++;
                else if (b == '"') quoted = false;
                continue;
            }
            if (b == '"') quoted = true;
            if (depth == 0 && b is (byte)',' or (byte)'\n' || (depth == 0 && b is (byte)'}' or (byte)']')) break;
            depth += b is (byte)'{' or (byte)'[' ? 1 : b is (byte)'}' or (byte)']' ? -1 : 0;
        }
        return [.. bytes[..start], .. Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]), .. bytes[Math.Min(end, bytes.Length)..]];
    }
}

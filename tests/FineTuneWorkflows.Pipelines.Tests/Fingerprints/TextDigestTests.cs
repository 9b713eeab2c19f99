using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Pipelines.Tests.Fingerprints;

public sealed class TextDigestTests
{
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void The_standard_examples_come_out(string text, string digest) => Assert.Equal(digest, TextDigest.Of(text));

    [Fact]
    public void Every_length_around_the_blocks_and_around_the_longest_text_digested_here_equals_the_systems_library()
    {
        foreach (var length in Enumerable.Range(0, 300).Concat(Enumerable.Range((64 * 1024) - 2, 5)))
        {
            var data = Enumerable.Range(0, length).Select(i => (byte)((i * 31) + length)).ToArray();
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data)), TextDigest.Of(data));
        }
    }

    [Fact]
    public void Any_bytes_equal_the_systems_library() =>
        Gen.Byte.Array[0, 2000].Sample(data => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data)), TextDigest.Of(data)));

    [Fact]
    public void Any_document_has_the_fingerprint_that_the_systems_libraries_give()
    {
        var any = Gen.OneOf(Gen.String, Gen.String[Gen.Char[' ', '~'], 0, 40], Gen.Const("\u007f\u2028 \ud83d\ude00 <&>'+`\"\\/"));
        var texts = Gen.Select(any, any).Array[0, 5].Select(pairs =>
        {
            var sorted = new SortedList<string, string>(StringComparer.Ordinal);
            foreach (var (key, value) in pairs)
                sorted[key] = value;
            return sorted;
        });
        Gen.Select(any, Gen.Int, texts, texts).Sample((stage, version, parameters, inputs) =>
        {
            var document = new FingerprintDocument(stage, version, parameters, new(StringComparer.Ordinal), inputs);
            Assert.Equal(Expected(document), document.Fingerprint());
        });
    }

    [Fact]
    public void Any_text_is_escaped_as_the_library_does_by_default()
    {
        var any = Gen.OneOf(Gen.String, Gen.String[Gen.Char[' ', '~'], 0, 40], Gen.String[Gen.Char['\0', '\u00ff'], 0, 10]);
        any.Sample(text => Assert.Equal(
            JsonSerializer.Serialize(new RunResumed(default, text), RunJson.Default.RunEvent), Encoding.UTF8.GetString(HandwrittenJson.Event(new RunResumed(default, text)))));
    }

    private static string Expected(FingerprintDocument document)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("stage", document.Stage);
            json.WriteNumber("version", document.Version);
            foreach (var (name, pairs) in new[] { ("parameters", document.Parameters), ("files", document.Files), ("inputs", document.Inputs) })
            {
                json.WriteStartObject(name);
                foreach (var (key, value) in pairs)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using FineTuneWorkflows.Pipelines.Fingerprints;

namespace FineTuneWorkflows.Pipelines.Tests.Fingerprints;

public sealed class FingerprintDocumentTests
{
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

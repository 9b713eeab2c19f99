using FineTuneWorkflows.Text.Tokenization.Decoding;
using FineTuneWorkflows.Text.Tokenization.PreTokenization;

namespace FineTuneWorkflows.Text.Tokenization.Loading;

/// <summary>Reads the <c>decoder</c> of a tokenizer.json.</summary>
internal static class DecoderReader
{
    private const string Known = "BPEDecoder, ByteFallback, ByteLevel, Fuse, Metaspace, Replace, Sequence, Strip and WordPiece";

    /// <summary>The decoder, or null where there is none.</summary>
    public static ITokenDecoder? Read(JsonPart part)
    {
        if (!part.Exists) return null;
        part.RequireFewSteps("decoders");
        return part["type"].Text() switch
        {
            "Sequence" => new DecoderSequence([.. part["decoders"].Items().Select(p => Read(p) ?? throw p.Wrong("a decoder"))], new DecodingBounds(part["decoders"].Place, part.File)),
            "ByteLevel" => new ByteLevelDecoder(),
            "ByteFallback" => new ByteFallbackDecoder(),
            "Fuse" => new FuseDecoder(),
            "WordPiece" => TokenDecoders.WordPiece(part["prefix"].Text("##"), part["cleanup"].Flag(true)),
            "Metaspace" => TokenDecoders.Metaspace(
                part["replacement"].Character('\u2581'), PreTokenizerReader.Prepend(part) != MetaspacePrepend.Never),
            "Replace" => TokenDecoders.Replace(Literal(part["pattern"]), part["content"].Text(), new DecodingBounds(part.Place, part.File)),
            "Strip" => TokenDecoders.Strip(part["content"].Character(' '), part["start"].Number(0), part["stop"].Number(0)),
            "BPEDecoder" => TokenDecoders.Suffix(part["suffix"].Text("</w>") is { Length: > 0 } suffix ? suffix : throw part["suffix"].Wrong("a string that is not empty")),
            _ => throw part.Unknown("decoder", Known),
        };
    }

    private static string Literal(JsonPart part)
    {
        var literal = part["String"].Exists ? part["String"].Text() : throw part.Wrong("{\"String\": ...}");
        return literal.Length > 0 ? literal : throw part["String"].Wrong("a string that is not empty");
    }
}

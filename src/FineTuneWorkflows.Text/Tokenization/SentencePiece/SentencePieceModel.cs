using System.Buffers.Binary;
using System.Text;

namespace FineTuneWorkflows.Text.Tokenization.SentencePiece;

/// <summary>
/// What a SentencePiece model file holds (<c>sentencepiece_model.proto</c>): pieces with scores and kinds, the kind of model, the normalization. Read
/// by hand, for it is few fields of a plain protocol buffer.
/// </summary>
internal sealed class SentencePieceModel
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    // SentencePiece's own default is 16. A piece is divided in all ways, which takes the square of its length.
    private const int LongestPiece = 512;

    private SentencePieceModel()
    {
    }

    /// <summary>The pieces; the position is the id.</summary>
    public List<(string Piece, float Score, PieceKind Kind)> Pieces { get; } = [];

    /// <summary>1 for unigram, 2 for BPE, 3 for words, 4 for characters.</summary>
    public int ModelType { get; private set; } = 1;

    /// <summary>The normalization table, empty where nothing is changed.</summary>
    public byte[] NormalizationTable { get; private set; } = [];

    /// <summary>Whether a space is put before the text.</summary>
    public bool AddsDummyPrefix { get; private set; } = true;

    /// <summary>Whether runs of spaces become one.</summary>
    public bool RemovesExtraSpaces { get; private set; } = true;

    /// <summary>Whether characters without a piece become bytes.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>Reads a model.</summary>
    /// <exception cref="TextDataException">The bytes are no such model.</exception>
    public static SentencePieceModel Read(ReadOnlySpan<byte> bytes, string file)
    {
        var model = new SentencePieceModel();
        try
        {
            var reader = new ProtocolBufferReader(bytes);
            while (reader.TryField(out var field))
            {
                switch (field.Number)
                {
                    case 1: model.ReadPiece(field.Bytes); break;
                    case 2: model.ReadTrainer(field.Bytes); break;
                    case 3: model.ReadNormalizer(field.Bytes); break;
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or DecoderFallbackException)
        {
            throw new TextDataException($"the file is damaged or no SentencePiece model: {e.Message}", file, inner: e);
        }
        if (model.Pieces.Count == 0) throw new TextDataException("the file is no SentencePiece model: it has no pieces", file);
        return model;
    }

    private void ReadPiece(ReadOnlySpan<byte> bytes)
    {
        var (piece, score, kind) = ("", 0f, PieceKind.Normal);
        var reader = new ProtocolBufferReader(bytes);
        while (reader.TryField(out var field))
        {
            switch (field.Number)
            {
                case 1: piece = Strict.GetString(field.Bytes); break;
                case 2: score = field.Bytes.Length == 4 ? BinaryPrimitives.ReadSingleLittleEndian(field.Bytes) : throw new InvalidDataException("a score is no number"); break;
                case 3: kind = (PieceKind)field.Value; break;
            }
        }
        if (piece.Length > LongestPiece) throw new InvalidDataException($"a piece has {piece.Length} characters; {LongestPiece} at most are supported");
        if (!float.IsFinite(score)) throw new InvalidDataException($"the score of the piece '{piece}' is {score}");
        Pieces.Add((piece, score, kind));
    }

    private void ReadTrainer(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtocolBufferReader(bytes);
        while (reader.TryField(out var field))
        {
            if (field.Number == 3) ModelType = (int)field.Value;
            if (field.Number == 35) ByteFallback = field.Value != 0;
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtocolBufferReader(bytes);
        while (reader.TryField(out var field))
        {
            if (field.Number == 2) NormalizationTable = field.Bytes.ToArray();
            if (field.Number == 3) AddsDummyPrefix = field.Value != 0;
            if (field.Number == 4) RemovesExtraSpaces = field.Value != 0;
        }
    }
}

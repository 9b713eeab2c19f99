namespace FineTuneWorkflows.Text.Tokenization.SentencePiece;

/// <summary>What a piece is for; the numbers are those of the file.</summary>
internal enum PieceKind
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>What the vocabulary cannot express.</summary>
    Unknown = 2,

    /// <summary>A special token, never found in a text.</summary>
    Control = 3,

    /// <summary>Text that is always one token.</summary>
    UserDefined = 4,

    /// <summary>A piece that is no longer used.</summary>
    Unused = 5,

    /// <summary>One byte.</summary>
    Byte = 6,
}

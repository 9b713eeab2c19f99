namespace FineTuneWorkflows.Text.Tokenization.PreTokenization;

/// <summary>Where the visible space is put although there is none; the names are those of tokenizer.json.</summary>
internal enum MetaspacePrepend
{
    /// <summary>Before each part.</summary>
    Always,

    /// <summary>Before a part at the text's beginning.</summary>
    First,

    /// <summary>Nowhere.</summary>
    Never,
}

using FineTuneWorkflows.Text.Tokenization.AddedTokens;
using FineTuneWorkflows.Text.Tokenization.Decoding;
using FineTuneWorkflows.Text.Tokenization.Loading;

namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>
/// BERT's tokenizer: the text is cleaned of control characters, lower-cased and stripped of accents as the options say, split at white space and
/// punctuation, and each word divided into the longest pieces that the vocabulary has (WordPiece, J. Devlin et al., arXiv:1810.04805). Ids are those
/// of google-research/bert's BasicTokenizer and WordpieceTokenizer, and of Hugging Face's BertTokenizer; where those contradict each other
/// (private-use characters, the Greek final sigma) what most of them do; one loaded from a tokenizer.json makes no final sigma, as the fast
/// tokenizer that the file belongs to. Safe for use by many threads.
/// </summary>
public sealed class WordPieceTokenizer : Tokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly WordPieceModel _model;
    private readonly TokenizerFileSet? _files;
    private readonly HashSet<int> _special;

    private WordPieceTokenizer(Vocabulary vocabulary, WordPieceOptions options, SequenceTemplate? template, TokenizerFileSet? files)
    {
        _vocabulary = vocabulary;
        _files = files;
        Options = options;
        _model = new WordPieceModel(vocabulary, options);
        SpecialTokens = new SpecialTokenIds
        {
            Padding = _model.PaddingId,
            Unknown = _model.UnknownId,
            Classification = _model.ClassificationId,
            Separator = _model.SeparatorId,
            Mask = _model.MaskId,
        };
        _special = [.. options.SpecialTokens.Select(t => vocabulary.IdOf(t)!.Value)];
        SpecialMatcher = new AddedTokenMatcher(options.SpecialTokens.Select(t => new AddedToken(t, vocabulary.IdOf(t)!.Value, Special: true)), t => t.Content);
        Template = template ?? SequenceTemplate.Bert(_model.ClassificationId, _model.SeparatorId);
    }

    /// <summary>How texts are treated before WordPiece.</summary>
    public WordPieceOptions Options { get; }

    /// <inheritdoc />
    public override int VocabularySize => _vocabulary.Count;

    /// <inheritdoc />
    public override string VocabularySha256 => _vocabulary.Sha256;

    /// <inheritdoc />
    public override SpecialTokenIds SpecialTokens { get; }

    /// <inheritdoc />
    public override int? ModelMaxLength => Options.ModelMaxLength;

    /// <summary>The id that fills up a batch.</summary>
    public int PaddingId => _model.PaddingId;

    /// <summary>The id of what the vocabulary cannot express.</summary>
    public int UnknownId => _model.UnknownId;

    /// <summary>The id at the start of each text.</summary>
    public int ClassificationId => _model.ClassificationId;

    /// <summary>The id at the end of each text.</summary>
    public int SeparatorId => _model.SeparatorId;

    /// <summary>The id of what is to be guessed.</summary>
    public int MaskId => _model.MaskId;

    /// <inheritdoc />
    internal override SequenceTemplate Template { get; }

    /// <inheritdoc />
    internal override bool TrimsSpans => false;

    /// <summary>Finds the special tokens' names in a text.</summary>
    internal AddedTokenMatcher SpecialMatcher { get; }

    /// <summary>Loads a tokenizer from a vocabulary file.</summary>
    /// <param name="path">A vocabulary file, or a folder that holds <c>vocab.txt</c>, such as that of a saved model.</param>
    /// <param name="options">How to treat texts; null, the default, takes it from the <c>tokenizer_config.json</c> beside the vocabulary, or the
    /// defaults where there is none.</param>
    /// <exception cref="TextDataException">The vocabulary or the configuration is missing, damaged, has an entry twice, or lacks a special
    /// token.</exception>
    public static WordPieceTokenizer Load(string path, WordPieceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = Directory.Exists(path) ? Path.Combine(path, Vocabulary.FileName) : path;
        if (options is null)
        {
            var config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, TokenizerConfigFile.Name);
            options = File.Exists(config) ? TokenizerConfigFile.Read(config) : new WordPieceOptions();
        }
        return new WordPieceTokenizer(Vocabulary.Load(file, options), options, null, null);
    }

    /// <inheritdoc />
    public override string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            var token = Token(id);
            if (!skipSpecialTokens || !_special.Contains(id)) tokens.Add(token);
        }
        TokenDecoders.WordPiece("##", cleanUp: true).Apply(tokens);
        return string.Concat(tokens);
    }

    /// <inheritdoc />
    public override string Token(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize);
        return _vocabulary[id];
    }

    /// <inheritdoc />
    public override int? IdOf(string token)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        return _vocabulary.IdOf(token);
    }

    /// <inheritdoc />
    public override bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>
    /// <c>vocab.txt</c>, byte for byte, and <c>tokenizer_config.json</c>; a tokenizer that came from a <c>tokenizer.json</c> has the files it came
    /// from instead, and <c>vocab.txt</c> with them.
    /// </summary>
    internal override IReadOnlyDictionary<string, byte[]> Files()
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [Vocabulary.FileName] = _vocabulary.Bytes,
            [TokenizerConfigFile.Name] = TokenizerConfigFile.Bytes(Options),
        };
        if (_files is null) return files;
        foreach (var (name, bytes) in _files.All) files[name] = bytes;
        return files;
    }

    /// <summary>A tokenizer whose vocabulary and options stood in a tokenizer.json.</summary>
    internal static WordPieceTokenizer FromParts(
        IReadOnlyList<string> entries, WordPieceOptions options, SequenceTemplate template, TokenizerFileSet files)
    {
        template.RequireIn(entries.Count, files.Main);
        return new(Vocabulary.Of(entries, files.Main), options, template, files);
    }

    // A tokenizer.json is the fast tokenizer's, which lower-cases character by character.
    internal override TextEncoder CreateEncoder() => new WordPieceEncoder(_model, Options, SpecialMatcher, finalSigma: _files is null);
}

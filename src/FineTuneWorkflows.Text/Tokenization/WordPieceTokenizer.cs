using System.Collections.Concurrent;

namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>
/// BERT's tokenizer: the text is cleaned of control characters, lower-cased and stripped of accents as the options say, split at white space and
/// punctuation, and each word divided into the longest pieces that the vocabulary has (WordPiece, J. Devlin et al., arXiv:1810.04805). Ids are those
/// of google-research/bert's BasicTokenizer and WordpieceTokenizer, and of Hugging Face's BertTokenizer; where those contradict each other
/// (private-use characters, the Greek final sigma) what most of them do. A special token's name inside a text, such as <c>[SEP]</c>, is text like any
/// other and never becomes the special token. Safe for use by many threads.
/// </summary>
public sealed class WordPieceTokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly WordPieceModel _model;
    private readonly ConcurrentBag<WordPieceEncoder> _encoders = [];

    private WordPieceTokenizer(Vocabulary vocabulary, WordPieceOptions options)
    {
        _vocabulary = vocabulary;
        Options = options;
        _model = new WordPieceModel(vocabulary.Bytes, options);
    }

    /// <summary>How texts are treated before WordPiece.</summary>
    public WordPieceOptions Options { get; }

    /// <summary>How many entries the vocabulary has.</summary>
    public int VocabularySize => _vocabulary.Count;

    /// <summary>The SHA-256 of the vocabulary file, 64 lower-case hexadecimal digits.</summary>
    public string VocabularySha256 => _vocabulary.Sha256;

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

    /// <summary>Loads a tokenizer.</summary>
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
        return new WordPieceTokenizer(Vocabulary.Load(file, options), options);
    }

    /// <summary>The text's tokens between [CLS] and [SEP].</summary>
    /// <param name="text">The text; an empty one gives [CLS] and [SEP].</param>
    /// <param name="maxLength">The most ids, [CLS] and [SEP] included; at least 2. Default: no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is below 2.</exception>
    public EncodedText Encode(ReadOnlySpan<char> text, int maxLength = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 2);
        var buffer = new TokenBuffer();
        var encoder = Rent();
        var lost = encoder.Encode(text, maxLength, buffer, out var unknown);
        Return(encoder);
        return new EncodedText(buffer[..].ToArray(), lost, unknown);
    }

    /// <summary>The vocabulary's entry with an id.</summary>
    /// <param name="id">The id, from 0 to below <see cref="VocabularySize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public string Token(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize);
        return _vocabulary[id];
    }

    /// <summary>
    /// Writes <c>vocab.txt</c>, byte for byte, and <c>tokenizer_config.json</c>, so that a model that is saved there carries its tokenizer.
    /// </summary>
    /// <param name="folder">An existing folder.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        File.WriteAllBytes(Path.Combine(folder, Vocabulary.FileName), _vocabulary.Bytes);
        TokenizerConfigFile.Write(Path.Combine(folder, TokenizerConfigFile.Name), Options);
    }

    /// <summary>An encoder for one thread; its cache of words is kept from loan to loan.</summary>
    internal WordPieceEncoder Rent() => _encoders.TryTake(out var encoder) ? encoder : new WordPieceEncoder(_model, Options);

    /// <summary>Gives an encoder back.</summary>
    internal void Return(WordPieceEncoder encoder) => _encoders.Add(encoder);
}

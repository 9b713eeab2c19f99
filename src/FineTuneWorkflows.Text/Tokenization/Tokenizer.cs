using System.Collections.Concurrent;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Text.Tokenization.Loading;

namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>
/// Turns texts into the token ids of a model family and back. What all families share: truncation, the special tokens around a text or a pair, the
/// part of the text that each token stands for, decoding, and saving beside a model. Safe for use by many threads.
/// </summary>
public abstract class Tokenizer
{
    // No ConcurrentBag: what a thread put into one is held by the thread, and with it the tokenizer for as long as the thread lives.
    private readonly ConcurrentStack<SequenceEncoder> _encoders = [];
    private readonly Lazy<string> _sha256;

    /// <summary>Only this project's tokenizers derive from it.</summary>
    private protected Tokenizer() => _sha256 = new Lazy<string>(Digest);

    /// <summary>
    /// The names of the files that <see cref="Load"/> looks for and <see cref="Save"/> may write; <c>config.json</c>, which it follows too, is the
    /// model's and not among them.
    /// </summary>
    public static IReadOnlyList<string> FileNames => TokenizerFileSet.Names;

    /// <summary>How many ids there are: they are 0 to below this.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The SHA-256, 64 lower-case hexadecimal digits, of the file that holds the vocabulary: <c>vocab.txt</c>, <c>tokenizer.json</c> or the
    /// SentencePiece model; of <c>vocab.json</c> followed by <c>merges.txt</c> where it takes two.</summary>
    public abstract string VocabularySha256 { get; }

    /// <summary>The ids of the special tokens.</summary>
    public abstract SpecialTokenIds SpecialTokens { get; }

    /// <summary>The most tokens the model takes (<c>model_max_length</c>), or null where the files do not say it.</summary>
    public abstract int? ModelMaxLength { get; }

    /// <summary>How texts are put between special tokens.</summary>
    internal abstract SequenceTemplate Template { get; }

    /// <summary>Whether spaces at a token's ends do not count to its span.</summary>
    internal abstract bool TrimsSpans { get; }

    /// <summary>Loads a tokenizer in Hugging Face's layout.</summary>
    /// <param name="path">
    /// A folder with <c>tokenizer.json</c>; or <c>vocab.txt</c> (WordPiece); or <c>vocab.json</c> and <c>merges.txt</c> (byte-level BPE); or
    /// <c>tokenizer.model</c>, <c>sentencepiece.bpe.model</c> or <c>spiece.model</c> (SentencePiece) - the first of these that is there. Beside them
    /// <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>config.json</c> are followed. Or one such file, whose folder is then
    /// looked into for the others.
    /// </param>
    /// <returns>The tokenizer: a <see cref="WordPieceTokenizer"/> for BERT's own pipeline.</returns>
    /// <exception cref="TextDataException">No such file is there, or one is damaged or asks for a part that is not known; names the file and the
    /// part.</exception>
    public static Tokenizer Load(string path) => TokenizerLoader.Load(path);

    /// <summary>The text's tokens between the family's special tokens.</summary>
    /// <param name="text">The text; an empty one gives the special tokens alone.</param>
    /// <param name="maxLength">The most ids, special tokens included. Default: no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> has no room for the special tokens.</exception>
    public EncodedText Encode(ReadOnlySpan<char> text, int maxLength = int.MaxValue) => Encode(text, new EncodeOptions { MaxLength = maxLength });

    /// <summary>The text's tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Length, special tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">The maximum length has no room for the special tokens.</exception>
    public EncodedText Encode(ReadOnlySpan<char> text, EncodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var encoder = Rent();
        var tokens = new TokenList(detailed: true);
        var row = encoder.Encode(text, options, tokens);
        Return(encoder);
        return new EncodedText(tokens, row);
    }

    /// <summary>The tokens of two texts that belong together, such as a question and a passage.</summary>
    /// <param name="first">The first text.</param>
    /// <param name="second">The second text.</param>
    /// <param name="options">Length and which text gives way; default: no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">The maximum length has no room for the special tokens.</exception>
    public EncodedText EncodePair(ReadOnlySpan<char> first, ReadOnlySpan<char> second, EncodeOptions? options = null)
    {
        var encoder = Rent();
        var tokens = new TokenList(detailed: true);
        var row = encoder.Encode(first, second, options ?? new EncodeOptions(), tokens);
        Return(encoder);
        return new EncodedText(tokens, row);
    }

    /// <summary>
    /// The tokens of a text that was split into words before, as in CoNLL files: each word is encoded by itself, <see cref="EncodedText.WordIds"/>
    /// are the words' numbers and <see cref="EncodedText.Spans"/> count within each word (Hugging Face's <c>is_split_into_words</c>).
    /// </summary>
    /// <param name="words">The words.</param>
    /// <param name="options">Length; default: no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">The maximum length has no room for the special tokens.</exception>
    public EncodedText EncodeWords(IReadOnlyList<string> words, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(words);
        var encoder = Rent();
        var tokens = new TokenList(detailed: true);
        var row = encoder.EncodeWords(words, options ?? new EncodeOptions(), tokens);
        Return(encoder);
        return new EncodedText(tokens, row);
    }

    /// <summary>The text that ids stand for. Byte sequences that are no UTF-8 become U+FFFD.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out. Default true.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public abstract string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true);

    /// <summary>The vocabulary's entry with an id, as its file writes it, for instance <c>##ing</c> or <c>Ġthe</c>.</summary>
    /// <param name="id">The id, from 0 to below <see cref="VocabularySize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public abstract string Token(int id);

    /// <summary>The id of an entry as the vocabulary's file writes it, or null where there is none.</summary>
    /// <param name="token">The entry.</param>
    public abstract int? IdOf(string token);

    /// <summary>Whether an id is that of a special token, which <see cref="Decode"/> leaves out.</summary>
    /// <param name="id">The id.</param>
    public abstract bool IsSpecial(int id);

    /// <summary>
    /// The digest of all files that <see cref="Save"/> writes: the SHA-256 over each file's name and SHA-256, names sorted. Tokenizers with the same
    /// vocabulary but other settings differ in it.
    /// </summary>
    public string Sha256 => _sha256.Value;

    /// <summary>Writes the tokenizer's files, so that a model that is saved there carries its tokenizer and AutoTokenizer loads it.</summary>
    /// <param name="folder">An existing folder.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        foreach (var (name, bytes) in Files()) File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }

    /// <summary>The tokenizer's files by their names.</summary>
    internal abstract IReadOnlyDictionary<string, byte[]> Files();

    /// <summary>An encoder for one thread; its cache of words is kept from loan to loan.</summary>
    internal SequenceEncoder Rent() => _encoders.TryPop(out var encoder) ? encoder : new SequenceEncoder(this, CreateEncoder());

    /// <summary>Gives an encoder back.</summary>
    internal void Return(SequenceEncoder encoder) => _encoders.Push(encoder);

    /// <summary>Makes an encoder for one thread.</summary>
    internal abstract TextEncoder CreateEncoder();

    private string Digest()
    {
        var list = Files().OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} {ContentDigest.Of(f.Value)}\n");
        return ContentDigest.Of(string.Concat(list));
    }
}

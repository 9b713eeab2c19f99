using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>
/// The <c>tokens</c> artifact: a folder with <c>train.tokens</c>, <c>validation.tokens</c> and <c>test.tokens</c> (binary, memory-mapped when read),
/// <c>tokens.json</c> (<see cref="TokenizedInfo"/>), and the tokenizer's files, such as <c>vocab.txt</c> and
/// <c>tokenizer_config.json</c>.
/// </summary>
public sealed class TokenizedDataset
{
    /// <summary>The name of the file that describes the tokens.</summary>
    public const string InfoFile = "tokens.json";

    private TokenizedDataset(string folder, TokenizedInfo info)
    {
        Folder = folder;
        Info = info;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What <c>tokens.json</c> says.</summary>
    public TokenizedInfo Info { get; }

    /// <summary>
    /// Tokenizes a dataset. Rows keep their order; row i is example i of its split but for joined documents and conversations. Memory does not grow with
    /// the number of rows. By kind:
    /// <list type="bullet">
    /// <item>Pairs are cut, the longer first, and keep where type 1 begins.</item>
    /// <item>The texts of pairs, triplets and scored pairs for embeddings are encoded and cut each by itself, and stand in one row one after the other.</item>
    /// <item>Tagged words are encoded word by word; a word's first sub-word has its tag's number, all other tokens -100, the recipe of Hugging Face's
    /// token classification example: the labels of a row that are not -100 are those of its words in their order, but for words cut off and words
    /// without a token.</item>
    /// <item>Plain text is one stream of documents, a divider (the end token, or the separator) after each, cut into blocks of the maximum length with
    /// the family's special tokens around each; what is left at the end is a shorter row.</item>
    /// <item>Conversations are written by <see cref="ChatEncoder"/>, with labels where the assistant speaks: by the tokenizer's own chat template, unless a format is
    /// chosen or it has none; then the format's template is put into its <c>tokenizer_config.json</c>, which <see cref="TokenizedInfo.TokenizerSha256"/> leaves out. So the saved
    /// template always writes the text that was learned.</item>
    /// </list>
    /// </summary>
    /// <param name="source">The dataset.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="options">Maximum length and threads.</param>
    /// <param name="outputFolder">The folder to write; made where it is missing.</param>
    /// <param name="progress">Told the phases <c>tokenizing train</c> and so on, in rows.</param>
    /// <param name="cancellationToken">Stops the work; the folder then has no <c>tokens.json</c> and does not open.</param>
    /// <returns>The tokens.</returns>
    /// <exception cref="TextDataException">The dataset is damaged, or the folder cannot be written, or there is no chat format, or
    /// the tokenizer's chat template cannot be followed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The maximum length is below 2 or above what the tokenizer's model takes.</exception>
    public static TokenizedDataset Write(
        DatasetFolder source, Tokenizer tokenizer, TokenizeOptions options, string outputFolder, IProgress<TextProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(outputFolder);
        var plan = TokenizePlan.Of(source.Kind, tokenizer, options);
        try
        {
            return WriteCore(source, tokenizer, plan, outputFolder, progress, cancellationToken);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new TextDataException($"the token files cannot be written: {e.Message}", outputFolder, inner: e);
        }
    }

    /// <summary>Opens a folder of token files. The splits' files are opened by <see cref="Split"/>.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="TextDataException"><c>tokens.json</c> is missing, damaged or of another format.</exception>
    public static TokenizedDataset Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, InfoFile);
        var info = TextJson.Read<TokenizedInfo>(path, "the description of token files");
        if (info.Format != TokenizedInfo.CurrentFormat)
            throw new TextDataException(
                $"the tokens have format {info.Format}, this version reads format {TokenizedInfo.CurrentFormat}; tokenize again", path);
        foreach (var split in SplitNames.All)
        {
            if (!info.Splits.ContainsKey(split.ToText()))
                throw new TextDataException($"the split '{split.ToText()}' is not described; tokenize again", path);
        }
        return new TokenizedDataset(folder, info);
    }

    /// <summary>Opens a split's token file.</summary>
    /// <param name="split">The split.</param>
    /// <returns>The split; dispose it when done.</returns>
    /// <exception cref="TextDataException">The file is missing, cut short or damaged, or does not fit <c>tokens.json</c>.</exception>
    public TokenSplit Split(SplitName split)
    {
        var path = FileOf(Folder, split);
        var said = Info.Splits[split.ToText()];
        var opened = TokenSplit.Open(path, split);
        if (opened.Count == said.Count && opened.Tokens == said.Tokens && opened.Classes == Info.Labels.Count
            && opened.VocabularySize == Info.VocabularySize)
            return opened;
        opened.Dispose();
        throw new TextDataException($"the token file does not fit {InfoFile}: rows, tokens, classes or vocabulary differ; tokenize again", path);
    }

    /// <summary>Loads the tokenizer that the tokens were made with.</summary>
    /// <exception cref="TextDataException">Its files are missing or damaged, or its vocabulary is not the one that <c>tokens.json</c>
    /// names.</exception>
    public Tokenizer LoadTokenizer()
    {
        var tokenizer = Tokenizer.Load(Folder);
        return tokenizer.VocabularySha256 == Info.VocabularySha256
            ? tokenizer
            : throw new TextDataException(
                $"the vocabulary is not the one the tokens were made with (SHA-256 {tokenizer.VocabularySha256} instead of {Info.VocabularySha256})",
                Folder);
    }

    private static TokenizedDataset WriteCore(
        DatasetFolder source, Tokenizer tokenizer, TokenizePlan plan, string outputFolder, IProgress<TextProgress>? progress,
        CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(outputFolder);
        var description = Path.Combine(outputFolder, InfoFile);
        File.Delete(description);
        tokenizer.Save(outputFolder);
        if (plan.ChatFormat is { } format) ChatTemplateFile.Write(outputFolder, format);
        var splits = new Dictionary<string, TokenSplitSummary>(StringComparer.Ordinal);
        foreach (var split in SplitNames.All)
        {
            splits.Add(split.ToText(),
                new SplitTokenizer(source, tokenizer, plan).Write(split, FileOf(outputFolder, split), progress, cancellationToken));
        }
        TextJson.Write(description, new TokenizedInfo
        {
            Kind = source.Kind,
            Labels = source.Labels,
            VocabularySha256 = tokenizer.VocabularySha256,
            TokenizerSha256 = tokenizer.Sha256,
            VocabularySize = tokenizer.VocabularySize,
            MaxLength = plan.MaxLength,
            Packed = plan.JoinsDocuments || plan.JoinsConversations,
            DocumentDivider = plan.JoinsDocuments ? plan.Divider : null,
            LabelAllSubwords = plan.LabelAllSubwords,
            Scores = source.Info.Scores,
            Division = source.Info.Division,
            ChatFormat = plan.ChatFormat,
            SpecialTokens = tokenizer.SpecialTokens,
            Splits = splits,
        });
        return Open(outputFolder);
    }

    private static string FileOf(string folder, SplitName split) => Path.Combine(folder, split.ToText() + ".tokens");
}

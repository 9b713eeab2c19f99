using FineTuneWorkflows.Text.Tokenization.AddedTokens;
using FineTuneWorkflows.Text.Tokenization.Loading;

namespace FineTuneWorkflows.Text.Tokenization.Pipeline;

/// <summary>A tokenizer put together from the parts that its files name.</summary>
internal sealed class PipelineTokenizer : Tokenizer
{
    private readonly TokenizerFileSet _files;
    private readonly string?[] _tokens;
    private readonly Dictionary<string, int> _addedIds = new(StringComparer.Ordinal);
    private readonly HashSet<int> _special = [];

    public PipelineTokenizer(TokenizerPipeline pipeline, TokenizerSettings settings, TokenizerFileSet files)
    {
        Pipeline = pipeline;
        _files = files;
        var top = pipeline.Model.Entries.Values.Concat(pipeline.AddedTokens.Select(t => t.Id)).DefaultIfEmpty(-1).Max();
        if (top < 0) throw new TextDataException("the vocabulary is empty", files.Main);
        _tokens = new string?[top + 1];
        foreach (var (entry, id) in pipeline.Model.Entries) _tokens[id] = entry;
        foreach (var token in pipeline.AddedTokens)
        {
            _tokens[token.Id] = token.Content;
            _addedIds[token.Content] = token.Id;
            if (token.Special) _special.Add(token.Id);
        }
        pipeline.Template.RequireIn(_tokens.Length, files.Main);
        SpecialTokens = settings.SpecialTokens(IdOf, pipeline.Model.UnknownId);
        ModelMaxLength = settings.ModelMaxLength;
        RawMatcher = new AddedTokenMatcher(pipeline.AddedTokens.Where(t => !t.Normalized), t => t.Content);
        NormalizedMatcher = new AddedTokenMatcher(pipeline.AddedTokens.Where(t => t.Normalized), t => Normalize(t.Content));
    }

    public TokenizerPipeline Pipeline { get; }

    /// <summary>The file with the vocabulary.</summary>
    internal string File => _files.Main;

    public override int VocabularySize => _tokens.Length;

    public override string VocabularySha256 => _files.VocabularySha256;

    public override SpecialTokenIds SpecialTokens { get; }

    public override int? ModelMaxLength { get; }

    internal override SequenceTemplate Template => Pipeline.Template;

    internal override bool TrimsSpans => Pipeline.TrimsSpans;

    /// <summary>Finds added tokens in a text as it is given.</summary>
    internal AddedTokenMatcher RawMatcher { get; }

    /// <summary>Finds added tokens in the normalized text.</summary>
    internal AddedTokenMatcher NormalizedMatcher { get; }

    public override string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            var token = Token(id);
            if (!skipSpecialTokens || !_special.Contains(id)) tokens.Add(token);
        }
        if (Pipeline.Decoder is null) return string.Join(' ', tokens);
        Pipeline.Decoder.Apply(tokens);
        return string.Concat(tokens);
    }

    public override string Token(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize);
        // Some vocabularies leave numbers out.
        return _tokens[id] ?? "";
    }

    public override int? IdOf(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _addedIds.TryGetValue(token, out var id) || Pipeline.Model.Entries.TryGetValue(token, out id) ? id : null;
    }

    public override bool IsSpecial(int id) => _special.Contains(id);

    internal override IReadOnlyDictionary<string, byte[]> Files() => _files.All;

    internal override TextEncoder CreateEncoder() => new PipelineEncoder(this);

    private string Normalize(string content)
    {
        if (Pipeline.Normalizer is null) return content;
        var text = new AlignedText(File);
        text.Reset(content, 0);
        Pipeline.Normalizer.Apply(text);
        return text.Chars.ToString();
    }
}

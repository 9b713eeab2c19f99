using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Files;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>Encodes a dataset's lines for one thread.</summary>
internal sealed class ExampleEncoder : IDisposable
{
    private readonly DatasetFolder _source;
    private readonly Tokenizer _tokenizer;
    private readonly SequenceEncoder _encoder;
    private readonly string _file;
    private readonly EncodeOptions _options;
    private readonly DatasetLine _labelled = new();
    private readonly ExampleLine _line;
    private readonly TokenList _detailed = new(detailed: true);
    private readonly int[]? _continuations;
    private readonly ChatEncoder? _chat;

    public ExampleEncoder(DatasetFolder source, Tokenizer tokenizer, TokenizePlan plan, string file, CancellationToken cancellationToken)
    {
        _source = source;
        _tokenizer = tokenizer;
        _file = file;
        _encoder = tokenizer.Rent();
        _line = new ExampleLine(source.Kind);
        _options = plan.JoinsDocuments ? new() { AddSpecialTokens = false, CancellationToken = cancellationToken } : new() { MaxLength = plan.MaxLength, CancellationToken = cancellationToken };
        _continuations = plan.LabelAllSubwords ? IobTags.Continuations(source.Labels) : null;
        _chat = plan.ChatTemplate is { } template ? new ChatEncoder(tokenizer, template) : null;
    }

    public RowBatch Batch { get; } = new();

    public void Encode(LineBlock block, int from, int to)
    {
        Batch.Clear();
        for (var i = from; i < to; i++)
        {
            _options.CancellationToken.ThrowIfCancellationRequested();
            Encode(block.Line(i), block.FirstLine + i);
        }
    }

    public void Dispose() => _tokenizer.Return(_encoder);

    private void Encode(ReadOnlySpan<byte> line, long number)
    {
        if (_source.Kind == DataKind.TextClassification)
        {
            _labelled.Parse(line, _file, number);
            Batch.Classes.Add(_source.RequireClass(_labelled.Label, _file, number));
            Add(_encoder.Encode(_labelled.Text, _options, Batch.Tokens), 1);
            return;
        }
        var example = _line.Parse(line, _file, number);
        var labels = example.LabelsAs(_source.Kind);
        foreach (var label in labels) Batch.Classes.Add(_source.RequireClass(label, _file, number));
        switch (_source.Kind)
        {
            case DataKind.TextPairClassification:
                Add(_encoder.Encode(example.Text, example.Second, _options, Batch.Tokens), 1);
                break;
            case DataKind.TextPairs or DataKind.TextTriplets or DataKind.ScoredTextPairs:
                Apart(example);
                break;
            case DataKind.TokenClassification:
                Tagged(example);
                break;
            case DataKind.Conversations:
                Conversation(example, number);
                break;
            default:
                Add(_encoder.Encode(example.Text, _options, Batch.Tokens), labels.Count);
                break;
        }
    }

    // One row holds all texts of an example, each with its special tokens and cut by itself.
    private void Apart(TextExample example)
    {
        var first = _encoder.Encode(example.Text, _options, Batch.Tokens);
        var second = _encoder.Encode(example.Second, _options, Batch.Tokens);
        var third = example.Third is { } text ? _encoder.Encode(text, _options, Batch.Tokens) : default;
        Batch.Extras.Add((first.Length + second.Length, example.Score ?? 0));
        Add(new EncodedRow(
            first.Length + second.Length + third.Length, first.Length, first.Lost + second.Lost + third.Lost, first.Unknown + second.Unknown + third.Unknown), 0);
    }

    private void Tagged(TextExample example)
    {
        _detailed.Clear();
        var row = _encoder.EncodeWords(example.Words, _options, _detailed);
        Batch.Tokens.AddRange(_detailed, row.Length, 0, 0);
        var classes = Batch.Classes.Count - example.Words.Count;
        var before = -1;
        foreach (var word in _detailed.Words)
        {
            var label = word < 0 ? TokenLabels.Ignored : Batch.Classes[classes + word];
            Batch.TokenLabels.Add(word != before || word < 0 ? label : _continuations?[label] ?? TokenLabels.Ignored);
            before = word;
        }
        Add(row, example.Words.Count);
    }

    private void Conversation(TextExample example, long number)
    {
        ChatSequence sequence;
        try
        {
            sequence = _chat!.Encode(example.Messages, example.Tools, _options.CancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new TextDataException($"the conversation cannot be written: {e.Message.Split(" (Parameter", 2)[0]}", _file, number, e);
        }
        var length = Math.Min(sequence.Ids.Length, _options.MaxLength);
        var unknown = 0;
        for (var i = 0; i < length; i++)
        {
            Batch.Tokens.Add(sequence.Ids[i], 0, 0);
            Batch.TokenLabels.Add(sequence.Labels[i]);
            if (sequence.Ids[i] == _tokenizer.SpecialTokens.Unknown) unknown++;
        }
        Add(new EncodedRow(length, -1, sequence.Ids.Length - length, unknown), 0);
    }

    private void Add(in EncodedRow row, int classes) => Batch.Rows.Add((row, classes));
}

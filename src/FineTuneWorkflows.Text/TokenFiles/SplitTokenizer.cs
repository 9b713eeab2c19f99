using System.Runtime.ExceptionServices;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Files;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>
/// Tokenizes one split into one token file. Lines are read in blocks; a block's lines are shared among the threads and written in their order.
/// </summary>
internal sealed class SplitTokenizer(DatasetFolder source, Tokenizer tokenizer, TokenizeOptions options)
{
    private readonly long[] _perClass = new long[source.Labels.Count];
    private long _rows;
    private long _tokens;
    private long _unknown;
    private long _truncatedTexts;
    private long _truncatedTokens;

    public TokenSplitSummary Write(SplitName split, string path, IProgress<TextProgress>? progress, CancellationToken cancellationToken)
    {
        var file = source.FileOf(split);
        var said = source.Info.Splits[split.ToText()];
        var phase = "tokenizing " + split.ToText();
        var lengths = new LengthCounter();
        var workers = Enumerable.Range(0, Math.Max(1, options.Threads)).Select(_ => new Worker(source, tokenizer, options.MaxLength, file)).ToArray();
        try
        {
            using var reader = new LineBlockReader(file);
            using var writer = new TokenFileWriter(path, source.Labels.Count, tokenizer.VocabularySize);
            while (reader.Next() is { } block)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Encode(workers, block);
                foreach (var worker in workers) Drain(worker, writer, lengths);
                progress?.Report(new TextProgress(phase, _rows, said.Count, "rows"));
            }
            source.Verify(file, said, _rows, _perClass);
            writer.Complete();
        }
        finally
        {
            foreach (var worker in workers) worker.Dispose();
        }
        return new TokenSplitSummary
        {
            Count = _rows,
            Classes = source.Labels.Select((label, index) => (label, index))
                .ToDictionary(p => p.label, p => _perClass[p.index], StringComparer.Ordinal),
            Tokens = _tokens,
            UnknownTokens = _unknown,
            TruncatedTexts = _truncatedTexts,
            TruncatedTokens = _truncatedTokens,
            Lengths = lengths.Summary(),
        };
    }

    private static void Encode(Worker[] workers, LineBlock block)
    {
        if (workers.Length == 1)
        {
            workers[0].Encode(block, 0, block.Count);
            return;
        }
        try
        {
            Parallel.For(0, workers.Length, w =>
            {
                var from = (int)((long)block.Count * w / workers.Length);
                var to = (int)((long)block.Count * (w + 1) / workers.Length);
                workers[w].Encode(block, from, to);
            });
        }
        catch (AggregateException e)
        {
            // Of several damaged lines the first is the one to tell.
            var first = e.InnerExceptions.OrderBy(i => i is TextDataException { Line: { } line } ? line : 0).First();
            ExceptionDispatchInfo.Throw(first);
        }
    }

    private void Drain(Worker worker, TokenFileWriter writer, LengthCounter lengths)
    {
        var start = 0;
        foreach (var (length, lost, unknown, label) in worker.Rows)
        {
            writer.Add(worker.Tokens.Ids.Slice(start, length), label);
            start += length;
            lengths.Add((long)length + lost);
            _perClass[label]++;
            _rows++;
            _tokens += length;
            _unknown += unknown;
            _truncatedTokens += lost;
            if (lost > 0) _truncatedTexts++;
        }
    }

    private sealed class Worker(DatasetFolder source, Tokenizer tokenizer, int maxLength, string file) : IDisposable
    {
        private readonly DatasetLine _line = new();
        private readonly SequenceEncoder _encoder = tokenizer.Rent();
        private readonly EncodeOptions _options = new() { MaxLength = maxLength };

        public TokenList Tokens { get; } = new(detailed: false);

        public List<(int Length, int Lost, int Unknown, int Label)> Rows { get; } = [];

        public void Encode(LineBlock block, int from, int to)
        {
            Tokens.Clear();
            Rows.Clear();
            for (var i = from; i < to; i++)
            {
                var number = block.FirstLine + i;
                _line.Parse(block.Line(i), file, number);
                var label = source.RequireClass(_line.Label, file, number);
                var row = _encoder.Encode(_line.Text, _options, Tokens);
                Rows.Add((row.Length, row.Lost, row.Unknown, label));
            }
        }

        public void Dispose() => tokenizer.Return(_encoder);
    }
}

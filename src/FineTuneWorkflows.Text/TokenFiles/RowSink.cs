using System.Runtime.InteropServices;
using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>Takes encoded examples in their order, joins them to rows where that is wanted, and writes the rows.</summary>
internal sealed class RowSink(TokenFileWriter writer, TokenizePlan plan)
{
    private readonly BlockBuilder? _blocks = plan.JoinsDocuments ? new BlockBuilder(plan.Content, plan.Divider) : null;
    private readonly List<int> _ids = [];
    private readonly List<int> _labels = [];

    public long Rows { get; private set; }

    public long Tokens { get; private set; }

    /// <summary>Conversations of which nothing is left to learn.</summary>
    public long Dropped { get; private set; }

    public void Add(in TokenRow row)
    {
        if (_blocks is not null) AddDocument(row.Ids);
        else if (plan.ChatTemplate is not null) AddConversation(row);
        else Write(row);
    }

    /// <summary>Writes what waits.</summary>
    public void Complete()
    {
        // A block of one token has nothing to guess from.
        if (_blocks is not null && _blocks.Rest.Length > 1) WriteBlock(_blocks.Rest);
        Flush();
    }

    private void AddDocument(ReadOnlySpan<int> ids)
    {
        _blocks!.Add(ids);
        while (_blocks.Take() is { } block) WriteBlock(block);
    }

    private void WriteBlock(ReadOnlySpan<int> block)
    {
        int[] row = [.. plan.Before, .. block, .. plan.After];
        Write(new TokenRow(row));
    }

    private void AddConversation(in TokenRow row)
    {
        if (!row.TokenLabels.ContainsAnyExcept(TokenLabels.Ignored))
        {
            Dropped++;
            return;
        }
        if (!plan.JoinsConversations)
        {
            Write(row);
            return;
        }
        if (_ids.Count + row.Ids.Length > plan.MaxLength) Flush();
        _ids.AddRange(row.Ids);
        _labels.AddRange(row.TokenLabels);
    }

    private void Flush()
    {
        if (_ids.Count == 0) return;
        Write(new TokenRow(CollectionsMarshal.AsSpan(_ids)) { TokenLabels = CollectionsMarshal.AsSpan(_labels) });
        _ids.Clear();
        _labels.Clear();
    }

    private void Write(in TokenRow row)
    {
        writer.Add(row);
        Rows++;
        Tokens += row.Ids.Length;
    }
}

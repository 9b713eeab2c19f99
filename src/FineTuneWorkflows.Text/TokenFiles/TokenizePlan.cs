using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>What the options mean for a dataset and a tokenizer.</summary>
internal sealed class TokenizePlan
{
    private TokenizePlan(DataKind kind, Tokenizer tokenizer, TokenizeOptions options)
    {
        MaxLength = options.MaxLength;
        Threads = Math.Max(1, options.Threads);
        JoinsDocuments = kind == DataKind.PlainText && options.Packing != false;
        JoinsConversations = kind == DataKind.Conversations && options.Packing == true;
        LabelAllSubwords = kind == DataKind.TokenClassification && options.LabelAllSubwords;
        var parts = tokenizer.Template.Single;
        Before = [.. parts.TakeWhile(p => p.Text < 0).Select(p => p.Id)];
        After = [.. parts.SkipWhile(p => p.Text < 0).Where(p => p.Text < 0).Select(p => p.Id)];
        Divider = tokenizer.SpecialTokens.End ?? tokenizer.SpecialTokens.Separator;
    }

    public int MaxLength { get; }

    public int Threads { get; }

    public bool JoinsDocuments { get; }

    public bool JoinsConversations { get; }

    public bool LabelAllSubwords { get; }

    public ChatFormat? ChatFormat { get; private init; }

    /// <summary>The special tokens before each block of joined documents.</summary>
    public int[] Before { get; }

    /// <summary>The special tokens after each block.</summary>
    public int[] After { get; }

    /// <summary>The token after each document within a block.</summary>
    public int? Divider { get; }

    /// <summary>How many tokens of documents a block holds.</summary>
    public int Content => MaxLength - Before.Length - After.Length;

    public static TokenizePlan Of(DataKind kind, Tokenizer tokenizer, TokenizeOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxLength, 2, nameof(options));
        if (tokenizer.ModelMaxLength is { } most) ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxLength, most, nameof(options));
        ChatFormat? format = null;
        if (kind == DataKind.Conversations)
        {
            format = options.ChatFormat ?? ChatFormats.Of(tokenizer) ?? throw new TextDataException(
                $"the vocabulary shows no chat format; choose one whose tokens it has: {string.Join(", ", Enum.GetNames<ChatFormat>())}");
            // Refuses a format whose tokens the vocabulary lacks before anything is read.
            _ = new ChatEncoder(tokenizer, format.Value);
        }
        var plan = new TokenizePlan(kind, tokenizer, options) { ChatFormat = format };
        if (plan.JoinsDocuments) ArgumentOutOfRangeException.ThrowIfLessThan(plan.Content, 1, nameof(options));
        return plan;
    }
}

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

    /// <summary>The format in which conversations are written; null where the tokenizer's own template says it, and for other kinds.</summary>
    public ChatFormat? ChatFormat { get; private init; }

    /// <summary>The template by which conversations are written; null for other kinds.</summary>
    public ChatTemplate? ChatTemplate { get; private init; }

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
        var (template, format) = kind == DataKind.Conversations ? Chat(tokenizer, options.ChatFormat) : (null, null);
        var plan = new TokenizePlan(kind, tokenizer, options) { ChatFormat = format, ChatTemplate = template };
        if (plan.JoinsDocuments) ArgumentOutOfRangeException.ThrowIfLessThan(plan.Content, 1, nameof(options));
        return plan;
    }
    /// <summary>
    /// The format that was chosen; else the template that the tokenizer brings along, so that what is trained on is what it writes; else the format that the vocabulary shows.
    /// </summary>
    private static (ChatTemplate Template, ChatFormat? Format) Chat(Tokenizer tokenizer, ChatFormat? chosen)
    {
        if (chosen is null && Own(tokenizer) is { } own) return (own, null);
        var format = chosen ?? ChatFormats.Of(tokenizer) ?? throw new TextDataException(
            $"the tokenizer has no chat template and its vocabulary shows no chat format; set ChatFormat to one whose tokens it has: {Names}. {Conversations.ChatFormat.Plain} needs none but an end token");
        // Refuses a format whose tokens the vocabulary lacks before anything is read.
        _ = new ChatEncoder(tokenizer, format);
        return (ChatTemplate.Of(format), format);
    }

    private static string Names => string.Join(", ", Enum.GetNames<ChatFormat>());

    private static ChatTemplate? Own(Tokenizer tokenizer)
    {
        try
        {
            return ChatTemplate.Of(tokenizer);
        }
        catch (TextDataException e)
        {
            throw new TextDataException(
                $"{e.Problem}. To train in another format than the tokenizer's own, set ChatFormat to one of {Names}; the model's folder then gets that format's template", e.File, e.Line, e);
        }
    }
}

using System.Buffers;
using System.Text;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Conversations;

/// <summary>
/// Writes conversations by a chat template and encodes them as Hugging Face's <c>apply_chat_template</c> does. Only what the assistant says, its end token included, is learned.
/// Special tokens' names inside a message stay text, so that no message can end a turn. Safe for use by many threads.
/// </summary>
public sealed class ChatEncoder
{
    private static readonly string[] Roles = ["system", "user", "assistant"];

    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly Dictionary<string, string> _special = new(StringComparer.Ordinal);
    private readonly SearchValues<string> _names;
    private readonly Lazy<int?> _end;

    /// <summary>Creates an encoder of a format.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="format">The format.</param>
    /// <exception cref="TextDataException">The vocabulary lacks one of the format's tokens.</exception>
    public ChatEncoder(Tokenizer tokenizer, ChatFormat format)
        : this(tokenizer, ChatTemplate.Of(format))
    {
        foreach (var token in ChatFormats.TokensOf(format))
        {
            if (tokenizer.IdOf(token) is null) throw Lacks($"'{token}'");
        }
        if (format == ChatFormat.Mistral && tokenizer.SpecialTokens.Begin is null) throw Lacks("a token that begins texts (bos_token)");
        if (format is ChatFormat.Mistral or ChatFormat.Zephyr or ChatFormat.Plain && tokenizer.SpecialTokens.End is null) throw Lacks("a token that ends texts (eos_token)");

        TextDataException Lacks(string what) => new($"the vocabulary lacks {what}, which the chat format {format} needs; choose the format of the model's family, or {ChatFormat.Plain}");
    }

    /// <summary>Creates an encoder of a template.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="template">The template.</param>
    public ChatEncoder(Tokenizer tokenizer, ChatTemplate template)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(template);
        (_tokenizer, _template) = (tokenizer, template);
        var special = tokenizer.SpecialTokens;
        foreach (var (name, id) in ((string, int?)[])[("bos_token", special.Begin), ("eos_token", special.End), ("unk_token", special.Unknown), ("pad_token", special.Padding)])
        {
            if (id is { } known) _special[name] = tokenizer.Token(known);
        }
        _names = SearchValues.Create([.. Enumerable.Range(0, tokenizer.VocabularySize).Where(tokenizer.IsSpecial).Select(tokenizer.Token).Where(n => n.Length > 0)], StringComparison.Ordinal);
        _end = new Lazy<int?>(FindEnd);
    }

    /// <summary>
    /// The token that ends what the assistant says, such as <c>&lt;|im_end|&gt;</c> or <c>&lt;/s&gt;</c>, as the template writes it: an answer is complete where it comes. Null
    /// where the template ends an answer with no special token.
    /// </summary>
    public int? EndOfTurn => _end.Value;

    /// <summary>Encodes a conversation to learn from.</summary>
    /// <param name="messages">The messages.</param>
    /// <exception cref="ArgumentException">There is no message, a role is unknown, the template refuses the conversation (for instance where user and assistant do not take turns), or
    /// it writes the beginning of a conversation otherwise where more follows, so that nobody can say what the assistant's tokens are.</exception>
    public ChatSequence Encode(IReadOnlyList<ChatMessage> messages)
    {
        var text = Written(messages, false);
        var row = Encode(text);
        var labels = new int[row.Ids.Length];
        Array.Fill(labels, TokenLabels.Ignored);
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Role == "assistant") Learn(messages, i, text, row, labels);
        }
        return new ChatSequence(row.Ids, labels);
    }

    /// <summary>Encodes a conversation up to where the assistant is to answer.</summary>
    /// <param name="messages">The messages so far.</param>
    /// <returns>The ids; <c>[tokens]</c>.</returns>
    /// <exception cref="ArgumentException">There is no message, a role is unknown, or the template refuses the conversation.</exception>
    public int[] Prompt(IReadOnlyList<ChatMessage> messages) => Encode(Written(messages, true)).Ids;

    /// <summary>Labels the tokens of an answer: from where the template asks for it to where it ends, but for white space behind its end token.</summary>
    private void Learn(IReadOnlyList<ChatMessage> messages, int answer, ChatText text, EncodedText row, int[] labels)
    {
        var before = answer == 0 ? "" : Written([.. messages.Take(answer)], true).Text;
        var through = Written([.. messages.Take(answer + 1)], false).Text;
        if (!text.Text.StartsWith(before, StringComparison.Ordinal) || !text.Text.StartsWith(through, StringComparison.Ordinal) || through.Length < before.Length)
            throw new ArgumentException(
                $"{_template.Origin} writes message {answer + 1} otherwise where more follows, so nobody can say which tokens are the answer's; give conversations of one answer, or set ChatFormat", nameof(messages));
        // A token belongs to the answer when it reaches beyond what is before it.
        bool IsPart(int token) => row.Spans[token].End > before.Length && row.Spans[token].Start < through.Length;
        var (first, last) = (0, labels.Length - 1);
        while (first <= last && !IsPart(first)) first++;
        while (last >= first && !IsPart(last)) last--;
        var end = last;
        while (end >= first && !_tokenizer.IsSpecial(row.Ids[end])) end--;
        if (end >= first && text.Text.AsSpan(row.Spans[end].End, Math.Max(0, through.Length - row.Spans[end].End)).IsWhiteSpace()) last = end;
        for (var t = first; t <= last; t++) labels[t] = row.Ids[t];
    }

    private EncodedText Encode(ChatText text) => _tokenizer.Encode(text.Text, new EncodeOptions { AddSpecialTokens = false, SpecialTokensInText = true, PlainParts = text.PlainParts });

    private ChatText Written(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0) throw new ArgumentException("There are no messages.", nameof(messages));
        foreach (var (role, _) in messages)
        {
            if (!Roles.Contains(role, StringComparer.Ordinal))
                throw new ArgumentException($"The role '{role}' is unknown; write {string.Join(", ", Roles)}.", nameof(messages));
        }
        if (!messages.Any(m => m.Content.AsSpan().ContainsAny(_names))) return new(_template.Render(messages, addGenerationPrompt, _special), []);
        // A name in a message is cut by a character that no text has while the template writes, so that it is known where it came to stand.
        var mark = Enumerable.Range(0xFDD0, 32).Select(c => (char)c).FirstOrDefault(c => messages.All(m => !m.Content.Contains(c)));
        if (mark == 0) throw new ArgumentException("A message holds all of the characters U+FDD0 to U+FDEF, which are none.", nameof(messages));
        return ChatText.WithoutMarks(_template.Render([.. messages.Select(m => m with { Content = Marked(m.Content, mark) })], addGenerationPrompt, _special), mark);
    }

    private string Marked(string content, char mark)
    {
        var marked = new StringBuilder();
        var rest = content.AsSpan();
        for (int at; (at = rest.IndexOfAny(_names)) >= 0; rest = rest[(at + 1)..]) marked.Append(rest[..(at + 1)]).Append(mark);
        return marked.Append(rest).ToString();
    }

    private int? FindEnd()
    {
        try
        {
            var labels = Encode([new("user", "a"), new("assistant", "b")]).Labels;
            var last = Array.FindLastIndex(labels, label => label >= 0);
            return last >= 0 && _tokenizer.IsSpecial(labels[last]) ? labels[last] : null;
        }
        catch (ArgumentException)
        {
            // A template that cannot write the shortest conversation there is shows no end.
            return null;
        }
    }
}

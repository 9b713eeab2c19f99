using System.Buffers;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Conversations;

/// <summary>
/// Writes conversations by a chat template and encodes them as Hugging Face's <c>apply_chat_template</c> does. Only what the assistant says, its end token included, is learned.
/// Special tokens' names inside a message stay text, so that no message can end a turn. Safe for use by many threads.
/// </summary>
public sealed class ChatEncoder
{
    /// <summary>The roles that a message may have.</summary>
    internal static readonly IReadOnlyList<string> Roles = ["system", "developer", "user", "assistant", "tool"];

    // A text of this many characters stands nowhere by chance.
    private const int Telling = 16;

    // They say which call an answer belongs to, which the order of the messages says as well.
    private static readonly string[] Bookkeeping = ["id", "tool_call_id"];

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
    /// <param name="tools">The tools that may be called: a JSON list, which the template gets as <c>tools</c>; null where there are none.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">There is no message, a role is unknown, the template refuses the conversation (for instance where user and assistant do not take turns), it
    /// writes the beginning of a conversation otherwise where more follows, so that nobody can say what the assistant's tokens are, or it does not write a part of a message, or the
    /// tools.</exception>
    public ChatSequence Encode(IReadOnlyList<ChatMessage> messages, string? tools = null, CancellationToken cancellationToken = default)
    {
        var conversation = Values(messages, tools);
        var text = Written(conversation, false, cancellationToken);
        var row = Encode(text, cancellationToken);
        var labels = new int[row.Ids.Length];
        Array.Fill(labels, TokenLabels.Ignored);
        for (var i = 0; i < messages.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (messages[i] is { Role: "assistant", IsLearned: true }) Learn(conversation, i, text, row, labels);
        }
        return new ChatSequence(row.Ids, labels);
    }

    /// <summary>Encodes a conversation up to where the assistant is to answer.</summary>
    /// <param name="messages">The messages so far.</param>
    /// <param name="tools">The tools that may be called, as for <see cref="Encode(IReadOnlyList{ChatMessage}, string?, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The ids; <c>[tokens]</c>.</returns>
    /// <exception cref="ArgumentException">There is no message, a role is unknown, the template refuses the conversation, or does not write a part of it.</exception>
    public int[] Prompt(IReadOnlyList<ChatMessage> messages, string? tools = null, CancellationToken cancellationToken = default) =>
        Encode(Written(Values(messages, tools), true, cancellationToken), cancellationToken).Ids;

    /// <summary>Labels the tokens of an answer: from where the template asks for it to where it ends, but for white space behind its end token.</summary>
    private void Learn(ChatValues conversation, int answer, ChatText text, EncodedText row, int[] labels)
    {
        var before = answer == 0 ? "" : Unmarked(conversation.First(answer), true).Text;
        var through = answer + 1 == conversation.Messages.Count ? text.Text : Unmarked(conversation.First(answer + 1), false).Text;
        if (!text.Text.StartsWith(before, StringComparison.Ordinal) || !text.Text.StartsWith(through, StringComparison.Ordinal) || through.Length < before.Length)
            throw new ArgumentException(
                $"{_template.Origin} writes message {answer + 1} otherwise where more follows, so nobody can say which tokens are the answer's; give conversations of one answer, or set ChatFormat", nameof(conversation));
        // A token belongs to the answer when it reaches beyond what is before it.
        bool IsPart(int token) => row.Spans[token].End > before.Length && row.Spans[token].Start < through.Length;
        var (first, last) = (0, labels.Length - 1);
        while (first <= last && !IsPart(first)) first++;
        while (last >= first && !IsPart(last)) last--;
        if (first > last) throw new ArgumentException($"{_template.Origin} writes nothing of message {answer + 1}, the assistant's, so there is nothing to learn; set ChatFormat", nameof(conversation));
        var end = last;
        while (end >= first && !_tokenizer.IsSpecial(row.Ids[end])) end--;
        if (end >= first && text.Text.AsSpan(row.Spans[end].End, Math.Max(0, through.Length - row.Spans[end].End)).IsWhiteSpace()) last = end;
        for (var t = first; t <= last; t++) labels[t] = row.Ids[t];
    }

    private EncodedText Encode(ChatText text, CancellationToken cancellationToken) => _tokenizer.Encode(
        text.Text, new EncodeOptions { AddSpecialTokens = false, SpecialTokensInText = true, PlainParts = text.PlainParts, CancellationToken = cancellationToken });

    private static ChatValues Values(IReadOnlyList<ChatMessage> messages, string? tools)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0) throw new ArgumentException("There are no messages.", nameof(messages));
        foreach (var message in messages)
        {
            if (!Roles.Contains(message.Role, StringComparer.Ordinal))
                throw new ArgumentException($"The role '{message.Role}' is unknown; write {string.Join(", ", Roles)}.", nameof(messages));
        }
        return ChatValues.Of(messages, tools);
    }

    private static string Advice(string field) => $"take a base whose own chat template does (ChatFormat Auto), or leave it out with IgnoredFields={field} where it does not matter";

    /// <summary>The conversation as text, of which nothing is left out.</summary>
    private ChatText Written(ChatValues conversation, bool addGenerationPrompt, CancellationToken cancellationToken)
    {
        ChatText text;
        try
        {
            text = Unmarked(conversation, addGenerationPrompt);
        }
        catch (ArgumentException e) when (conversation.Messages.FirstOrDefault(m => m.Members[ChatValues.Content] is null) is { } silent)
        {
            var others = silent.Members.Keys.Except([ChatValues.Role, ChatValues.Content]).ToList();
            throw new ArgumentException(
                $"{_template.Origin} cannot write a message without 'content', such as message {conversation.Messages.IndexOf(silent) + 1}, which has '{string.Join("', '", others)}' instead ({e.Message}); take a base whose own chat template does (ChatFormat Auto)", e);
        }
        RequireWritten(conversation, text.Text, addGenerationPrompt, cancellationToken);
        return text;
    }

    private ChatText Unmarked(ChatValues conversation, bool addGenerationPrompt)
    {
        if (!conversation.Contains(_names)) return new(_template.Render(conversation, addGenerationPrompt, _special), []);
        // A name in a message is cut by a character that no text has while the template writes, so that it is known where it came to stand.
        var mark = Enumerable.Range(0xFDD0, 32).Select(c => (char)c).FirstOrDefault(c => !conversation.Contains(c));
        if (mark == 0) throw new ArgumentException("A message holds all of the characters U+FDD0 to U+FDEF, which are none.", nameof(conversation));
        return ChatText.WithoutMarks(_template.Render(conversation.Marked(_names, mark), addGenerationPrompt, _special), mark);
    }

    /// <summary>Refuses a conversation of which the template leaves something out: whoever learns from it would not be told.</summary>
    private void RequireWritten(ChatValues conversation, string text, bool addGenerationPrompt, CancellationToken cancellationToken)
    {
        for (var i = 0; i < conversation.Messages.Count; i++)
        {
            var members = conversation.Messages[i].Members;
            var role = (string)members[ChatValues.Role]!;
            foreach (var (name, value) in members)
            {
                if (name == ChatValues.Role || Bookkeeping.Contains(name, StringComparer.Ordinal) || (name == "name" && role == "tool")) continue;
                var content = name == ChatValues.Content ? value as string : null;
                if (name == ChatValues.Content && (string.IsNullOrWhiteSpace(content) || (content.Trim() is { Length: >= Telling } known && text.Contains(known, StringComparison.Ordinal)))) continue;
                if (IsWritten(conversation.With(i, name, content is null ? null : content + "x"))) continue;
                throw Dropped($"the '{name}' of message {i + 1}, which is the {role}'s", content is not null ? "set ChatFormat to a format that does" : Advice(name));
            }
        }
        if (conversation.Tools is not null && !IsWritten(conversation with { Tools = null })) throw Dropped("the conversation's 'tools'", Advice("tools"));

        ArgumentException Dropped(string what, string advice) => new($"{_template.Origin} does not write {what}; {advice}", nameof(conversation));

        bool IsWritten(ChatValues changed)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return Unmarked(changed, addGenerationPrompt).Text != text;
            }
            catch (ArgumentException)
            {
                // What the template does not do without, it looks at.
                return true;
            }
        }
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

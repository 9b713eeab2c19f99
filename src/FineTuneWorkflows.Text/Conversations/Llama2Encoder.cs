using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Conversations;

/// <summary>
/// Llama 2's format: each question with its answer is one text <c>[INST] question [/INST] answer</c> between begin and end token, so that the family's
/// own rules say which tokens stand where the answer begins.
/// </summary>
internal sealed class Llama2Encoder(Tokenizer tokenizer, int begin, int end)
{
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false };

    public ChatSequence Encode(IReadOnlyList<ChatMessage> messages)
    {
        var turns = new ChatTurns();
        foreach (var (question, answer) in Turns(messages))
        {
            turns.Read([begin]);
            var asked = $"[INST] {question} [/INST]";
            if (answer is null)
            {
                turns.Read(tokenizer.Encode(asked, Plain).Ids);
                continue;
            }
            var row = tokenizer.Encode($"{asked} {answer} ", Plain);
            // A token belongs to the answer when it reaches beyond the space before it.
            var first = row.Spans.TakeWhile(s => s.End <= asked.Length + 1).Count();
            turns.Read(row.Ids[..first]);
            turns.Learn([.. row.Ids[first..], end]);
        }
        return turns.ToSequence();
    }

    /// <summary>Questions with their answers; the last may have none. The system's message goes into the first question.</summary>
    private static IEnumerable<(string Question, string? Answer)> Turns(IReadOnlyList<ChatMessage> messages)
    {
        var system = messages[0].Role == "system" ? $"<<SYS>>\n{messages[0].Content}\n<</SYS>>\n\n" : "";
        for (var i = system.Length > 0 ? 1 : 0; i < messages.Count; i += 2)
        {
            if (messages[i].Role != "user" || (i + 1 < messages.Count && messages[i + 1].Role != "assistant"))
                throw new ArgumentException("In Llama 2's format user and assistant take turns, the user first.", nameof(messages));
            yield return ((system + messages[i].Content).Trim(), i + 1 < messages.Count ? messages[i + 1].Content.Trim() : null);
            system = "";
        }
    }
}

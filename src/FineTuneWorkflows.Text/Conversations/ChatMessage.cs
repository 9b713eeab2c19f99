namespace FineTuneWorkflows.Text.Conversations;

/// <summary>A message of a conversation.</summary>
/// <param name="Role">Who speaks: <c>system</c>, <c>developer</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Content">What is said; null where a message has nothing but <see cref="Fields"/>, such as calls of tools.</param>
public sealed record ChatMessage(string Role, string? Content)
{
    /// <summary>Whether what the assistant says is learned; what others say never is. Default true.</summary>
    public bool IsLearned { get; init; } = true;

    /// <summary>
    /// What the message has beside role and content, such as <c>tool_calls</c>: a JSON object, which the chat template sees as members of the message. Null where there is nothing.
    /// </summary>
    public string? Fields { get; init; }
}

using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Conversations;

/// <summary>Token ids of a conversation as they are put together, each learned or only read.</summary>
internal sealed class ChatTurns
{
    private readonly List<int> _ids = [];
    private readonly List<int> _labels = [];

    /// <summary>Appends tokens that are only read.</summary>
    public void Read(IReadOnlyList<int> tokens)
    {
        _ids.AddRange(tokens);
        _labels.AddRange(Enumerable.Repeat(TokenLabels.Ignored, tokens.Count));
    }

    /// <summary>Appends tokens that are learned.</summary>
    public void Learn(IReadOnlyList<int> tokens)
    {
        _ids.AddRange(tokens);
        _labels.AddRange(tokens);
    }

    public ChatSequence ToSequence() => new([.. _ids], [.. _labels]);
}

using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Labelling;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Entities;

/// <summary>Brings predictions of tokens back to words: a word's tag is that of its first token.</summary>
internal static class WordTags
{
    /// <summary>The tag of a word that has no token, as one that was cut off: outside all entities.</summary>
    public const string Outside = IobTags.Outside;

    /// <summary>The prediction for each word; null for one that was cut off or has no token.</summary>
    /// <param name="words">How many words there are.</param>
    /// <param name="row">The words' encoding.</param>
    /// <param name="classes">A class for each of its tokens.</param>
    public static TokenClass?[] Of(int words, EncodedText row, IReadOnlyList<TokenClass> classes)
    {
        var found = new TokenClass?[words];
        for (var t = row.Ids.Length - 1; t >= 0; t--)
            if (row.WordIds[t] >= 0)
                found[row.WordIds[t]] = classes[t];
        return found;
    }

    /// <summary>Refuses a model whose tags mark no entities.</summary>
    /// <param name="tags">Its tags.</param>
    /// <param name="folder">Its folder, for the message.</param>
    /// <exception cref="StageException">A tag is neither O nor begins with B- or I-.</exception>
    public static void Check(IReadOnlyList<string> tags, string folder)
    {
        var others = tags.Where(tag => !IobTags.IsTag(tag)).ToList();
        if (others.Count > 0)
            throw new StageException(
                $"the model in {folder} has tags that mark no entities in the IOB2 scheme: {string.Join(", ", others.Take(8))}{(others.Count > 8 ? $" and {others.Count - 8} more" : "")}; its id2label must hold {Outside}, B-KIND and I-KIND alone");
    }
}

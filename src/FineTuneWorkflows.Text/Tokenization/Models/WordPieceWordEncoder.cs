using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>Divides words by <see cref="WordPieceWordModel"/> for one thread.</summary>
internal sealed class WordPieceWordEncoder(WordPieceWordModel model) : WordEncoder
{
    private readonly List<(int Id, int Start, int End)> _pieces = [];

    public override void Encode(AlignedText text, TokenSpan part, TokenList output)
    {
        var word = text.Chars[part.Start..part.End];
        if (!Divide(word))
        {
            _pieces.Clear();
            _pieces.Add((model.Unknown, 0, word.Length));
        }
        foreach (var (id, start, end) in _pieces)
        {
            var span = text.Origin(part.Start + start, part.Start + end);
            output.Add(id, span.Start, span.End);
        }
    }

    private bool Divide(ReadOnlySpan<char> word)
    {
        _pieces.Clear();
        var characters = 0;
        foreach (var _ in word.EnumerateRunes()) characters++;
        if (characters > model.MaxWordLength) return false;
        for (var start = 0; start < word.Length;)
        {
            var end = Longest(word, start, out var id);
            if (end < 0) return false;
            _pieces.Add((id, start, end));
            start = end;
        }
        return true;
    }

    private int Longest(ReadOnlySpan<char> word, int start, out int id)
    {
        id = -1;
        var (found, node) = (-1, start == 0 ? CharacterTree.Root : model.Continuation);
        if (node == WordPieceWordModel.Nowhere) return found;
        for (var at = start; at < word.Length && model.Tree.TryStep(node, word[at], out node);)
        {
            at++;
            if (model.Tree.ValueOf(node) is not (>= 0 and var entry)) continue;
            (found, id) = (at, entry);
        }
        return found;
    }
}

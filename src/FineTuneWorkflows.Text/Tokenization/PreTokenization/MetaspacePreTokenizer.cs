using FineTuneWorkflows.Text.Tokenization.Patterns;
using FineTuneWorkflows.Text.Tokenization.Pipeline;

namespace FineTuneWorkflows.Text.Tokenization.PreTokenization;

/// <summary>SentencePiece's view of spaces (arXiv:1808.06226): they become a visible character, which begins each word.</summary>
internal sealed class MetaspacePreTokenizer(char replacement, MetaspacePrepend prepend, bool split) : IPreTokenizer
{
    private readonly SplitPreTokenizer _words = new(new LiteralPattern(replacement.ToString()), SplitBehavior.MergedWithNext);

    public void Apply(AlignedText text)
    {
        text.BeginRewrite();
        foreach (var part in text.Parts)
        {
            var start = text.NextLength;
            var origin = text.Origin(part.Start).Start;
            var first = text.Chars[part.Start];
            if (first != ' ' && first != replacement && (prepend == MetaspacePrepend.Always || (prepend == MetaspacePrepend.First && origin == 0)))
                text.Append(replacement, text.Origin(part.Start));
            for (var i = part.Start; i < part.End; i++)
            {
                if (text.Chars[i] == ' ') text.Append(replacement, text.Origin(i));
                else text.Keep(i);
            }
            text.EndPart(start);
        }
        text.EndRewrite();
        if (split) _words.Apply(text);
    }
}

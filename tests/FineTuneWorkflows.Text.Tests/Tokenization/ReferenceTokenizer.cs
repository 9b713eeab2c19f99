using System.Globalization;
using System.Text;

namespace FineTuneWorkflows.Text.Tests.Tokenization;

/// <summary>
/// BERT's tokenizer written a second time from its description, slowly and plainly, pass by pass over lists of code points, as the yardstick for the
/// real one: clean, space out ideographs, split at white space, lower-case, decompose, drop marks, split off punctuation, then greedy longest-match
/// WordPiece.
/// </summary>
internal sealed class ReferenceTokenizer
{
    private readonly Dictionary<string, int> _vocabulary = new(StringComparer.Ordinal);
    private readonly bool _lower;
    private readonly bool _strip;

    public ReferenceTokenizer(string vocabularyFile, bool lower = true, bool? strip = null)
    {
        foreach (var line in File.ReadAllText(vocabularyFile).TrimEnd('\n').Split('\n')) _vocabulary.Add(line, _vocabulary.Count);
        _lower = lower;
        _strip = strip ?? lower;
    }

    public List<int> Encode(string text)
    {
        var ids = new List<int> { _vocabulary["[CLS]"] };
        foreach (var word in Words(text)) ids.AddRange(Pieces(word));
        ids.Add(_vocabulary["[SEP]"]);
        return ids;
    }

    public List<string> Words(string text)
    {
        var points = text.EnumerateRunes().Where(r => r.Value is not 0 and not 0xFFFD && !IsControl(r)).ToList();
        var spaced = new StringBuilder();
        foreach (var r in points)
        {
            if (IsIdeograph(r.Value)) spaced.Append(' ').Append(r.ToString()).Append(' ');
            else spaced.Append(Rune.IsWhiteSpace(r) ? " " : r.ToString());
        }
        var words = new List<string>();
        foreach (var token in spaced.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var t = token;
            if (_lower) t = LowerLikePython(t);
            if (_strip)
            {
                var kept = Decomposed(t).EnumerateRunes().Where(r => Rune.GetUnicodeCategory(r) != UnicodeCategory.NonSpacingMark);
                t = string.Concat(kept.Select(r => r.ToString()));
            }
            SplitPunctuation(t, words);
        }
        return words;
    }

    // .NET refuses to normalize a string with noncharacters (U+FFFE and its like), which decompose to nothing and stop reordering: normalize what
    // lies between.
    private static string Decomposed(string token)
    {
        var result = new StringBuilder();
        var between = new StringBuilder();
        foreach (var r in token.EnumerateRunes())
        {
            if ((r.Value & 0xFFFE) != 0xFFFE && !Between(r, 0xFDD0, 0xFDEF))
            {
                between.Append(r.ToString());
                continue;
            }
            result.Append(between.ToString().Normalize(NormalizationForm.FormD)).Append(r.ToString());
            between.Clear();
        }
        return result.Append(between.ToString().Normalize(NormalizationForm.FormD)).ToString();
    }

    private List<int> Pieces(string word)
    {
        var points = word.EnumerateRunes().Select(r => r.ToString()).ToArray();
        if (points.Length > 100) return [_vocabulary["[UNK]"]];
        var pieces = new List<int>();
        for (var start = 0; start < points.Length;)
        {
            var end = points.Length;
            var found = -1;
            for (; end > start; end--)
            {
                var candidate = (start > 0 ? "##" : "") + string.Concat(points[start..end]);
                if (_vocabulary.TryGetValue(candidate, out found)) break;
                found = -1;
            }
            if (found < 0) return [_vocabulary["[UNK]"]];
            pieces.Add(found);
            start = end;
        }
        return pieces;
    }

    private static void SplitPunctuation(string token, List<string> words)
    {
        var current = new StringBuilder();
        foreach (var r in token.EnumerateRunes())
        {
            if (!IsPunctuation(r))
            {
                current.Append(r.ToString());
                continue;
            }
            if (current.Length > 0) words.Add(current.ToString());
            current.Clear();
            words.Add(r.ToString());
        }
        if (current.Length > 0) words.Add(current.ToString());
    }

    private static string LowerLikePython(string token)
    {
        var points = token.EnumerateRunes().ToArray();
        var lowered = new StringBuilder();
        for (var i = 0; i < points.Length; i++)
        {
            if (points[i].Value == 0x130) lowered.Append("i\u0307");
            else if (points[i].Value == 0x3A3) lowered.Append(SigmaIsFinal(points, i) ? 'ς' : 'σ');
            else lowered.Append(points[i].ToString().ToLowerInvariant());
        }
        return lowered.ToString();
    }

    private static bool SigmaIsFinal(Rune[] points, int index)
    {
        var before = points.Take(index).Reverse().SkipWhile(IsCaseIgnorable).Take(1).Any(IsCased);
        var after = points.Skip(index + 1).SkipWhile(IsCaseIgnorable).Take(1).Any(IsCased);
        return before && !after;
    }

    private static bool IsCaseIgnorable(Rune r) =>
        "'.:·\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A".Contains(r.ToString(), StringComparison.Ordinal)
        || Rune.GetUnicodeCategory(r) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;

    private static bool IsCased(Rune r) => Rune.IsLower(r) || Rune.IsUpper(r) || Rune.GetUnicodeCategory(r) == UnicodeCategory.TitlecaseLetter
        || r.Value is 0xAA or 0xBA || Between(r, 0x2160, 0x217F) || Between(r, 0x24B6, 0x24E9) || Between(r, 0x1F130, 0x1F149)
            || Between(r, 0x1F150, 0x1F169) || Between(r, 0x1F170, 0x1F189);

    private static bool Between(Rune r, int from, int to) => r.Value >= from && r.Value <= to;

    private static bool IsControl(Rune r) => r.Value is not ('\t' or '\n' or '\r') && Rune.GetUnicodeCategory(r)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse;

    private static bool IsPunctuation(Rune r) => (r.IsAscii && r.Value > 32 && r.Value != 127 && !Rune.IsLetterOrDigit(r)) || Rune.IsPunctuation(r);

    private static bool IsIdeograph(int c) =>
        c is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F
        or >= 0x2B740 and <= 0x2B81F or >= 0x2B820 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}

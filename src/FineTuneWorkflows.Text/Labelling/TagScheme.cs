using System.Globalization;

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>
/// Makes tags of other schemes IOB2 and counts them: IOB1 (an entity begins with <c>I-</c>, and with <c>B-</c> only right after another of its kind), BIOES (<c>E-</c> ends, <c>S-</c> is
/// single), BILOU (<c>L-</c> last, <c>U-</c> unit), BMES (<c>M-</c> middle) and BMEWO (<c>W-</c> whole).
/// </summary>
internal sealed class TagScheme
{
    private const string Begin = "BSUW", Inside = "IMEL", Ends = "ESULW";

    private readonly SortedSet<char> _letters = [];
    private long _count, _inside;

    /// <summary>Whether a tag is <c>O</c>, or a letter of one of the schemes with a kind.</summary>
    public static bool IsTag(string tag) =>
        tag == IobTags.Outside || (tag.Length > 2 && tag[1] == '-' && (Begin.Contains(tag[0]) || Inside.Contains(tag[0])) && !string.IsNullOrWhiteSpace(tag[2..]));

    /// <summary>Why a tag is refused.</summary>
    public static string Refusal(string tag) =>
        $"the tag '{tag}' is not valid; it must be O, or begin with B- or I- and name a kind (IOB2), or with the letters of BIOES, BILOU or BMES";

    /// <summary>The tags of a sentence in IOB2; all are tags.</summary>
    public IReadOnlyList<string> ToIob2(IReadOnlyList<string> tags)
    {
        string[]? result = null;
        for (var i = 0; i < tags.Count; i++)
        {
            var (tag, before) = (tags[i], i > 0 ? tags[i - 1] : IobTags.Outside);
            if (tag.Length <= 2) continue;
            if (tag[0] is not ('B' or 'I'))
            {
                _count++;
                _letters.Add(tag[0]);
            }
            // What ended is not continued.
            var begins = Begin.Contains(tag[0]) || Ends.Contains(before[0]) || IobTags.KindOf(before) != IobTags.KindOf(tag);
            if (begins && tag[0] == 'I') _inside++;
            if (tag[0] == (begins ? 'B' : 'I')) continue;
            result ??= [.. tags];
            result[i] = (begins ? "B-" : "I-") + tag[2..];
        }
        return result ?? tags;
    }

    /// <summary>What was done, for the user to see; null where all tags were those of IOB2.</summary>
    public string? Note
    {
        get
        {
            var letters = _count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"tags of the scheme {Name} became IOB2, {_count} of them {string.Join(", ", _letters.Select(l => l + "-"))}");
            var inside = _inside == 0 ? null
                : string.Create(CultureInfo.InvariantCulture, $"{_inside} {(_inside == 1 ? "entity begins" : "entities begin")} with I-, as in IOB1; the first tag became B- (IOB2)");
            return letters is null ? inside : inside is null ? letters : $"{letters}; {inside}";
        }
    }

    private string Name
    {
        get
        {
            bool Has(string letters) => letters.Any(_letters.Contains);
            return Has("LU") ? Has("ESMW") ? "BILOU and others" : "BILOU" : Has("W") ? "BMEWO" : Has("M") ? "BMES" : "BIOES";
        }
    }
}

using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>Makes tagged words of texts whose entities are marked by their places.</summary>
internal sealed class SpanReader(ReadOptions options)
{
    private OffsetUnit Other => options.Offsets == OffsetUnit.CodePoints ? OffsetUnit.Utf16 : OffsetUnit.CodePoints;

    /// <summary>The example of a text and its entities, whose places count as the options say.</summary>
    /// <exception cref="RowException">An entity does not lie in the text, has no words, overlaps another, or is refused.</exception>
    public TextExample Tag(string text, IReadOnlyList<EntitySpan> entities)
    {
        var division = options.Division ?? WordDivision.Words;
        try
        {
            var tagged = TextWords.Tag(text, InUtf16(text, entities, options.Offsets), division, options.MisalignedSpans);
            if (options.MisalignedSpans == MisalignedSpans.Refuse && tagged.Misaligned.Count > 0) throw Refusal(text, tagged.Misaligned[0]);
            var counts = new SpanCounts { Entities = entities.Count, Widened = tagged.Widened, Dropped = tagged.Dropped };
            if (TextOffsets.Differ(text))
                counts = counts with { MisalignedAmongPairs = tagged.Misaligned.Count, MisalignedInOtherUnit = MisalignedInOther(text, entities, division) };
            return TextExample.OfWords(tagged.Words, tagged.Tags, text) with { Spans = counts };
        }
        catch (ArgumentException e)
        {
            // Only the sentence, not the parameter's name that .NET adds.
            var problem = e.Message.Split(" (Parameter", 2)[0].TrimEnd('.');
            throw new RowException(TextOffsets.Differ(text) && Fits(text, entities) ? $"{problem}; where places count otherwise, set {nameof(ReadOptions.Offsets)} to {Other}" : problem);
        }
    }

    /// <summary>The entities in UTF-16 characters, sorted.</summary>
    /// <exception cref="ArgumentException">One does not lie in the text or has no words, or two overlap; names the places as they were given.</exception>
    private static List<EntitySpan> InUtf16(string text, IReadOnlyList<EntitySpan> entities, OffsetUnit unit)
    {
        var offsets = new TextOffsets(text, unit);
        var places = new List<EntitySpan>(entities.Count);
        foreach (var (start, end, label) in EntitySpan.Checked(entities, offsets.Length))
        {
            var place = new EntitySpan(offsets.ToUtf16(start), offsets.ToUtf16(end), label);
            if (string.IsNullOrWhiteSpace(text[place.Start..place.End])) throw new ArgumentException($"The entity '{label}' from {start} to {end} has no words.", nameof(entities));
            places.Add(place);
        }
        return places;
    }

    private RowException Refusal(string text, EntitySpan entity)
    {
        var offsets = new TextOffsets(text, options.Offsets);
        var words = TextWords.Split(text, options.Division ?? WordDivision.Words);
        var cut = words.First(w => w.Start < entity.End && w.End > entity.Start && (w.Start < entity.Start || w.End > entity.End));
        return new RowException(
            $"the entity '{entity.Label}' from {offsets.FromUtf16(entity.Start)} to {offsets.FromUtf16(entity.End)}, '{text[entity.Start..entity.End]}', begins or ends inside the word "
            + $"'{text[cut.Start..cut.End]}'; correct its places, or set {nameof(ReadOptions.MisalignedSpans)} to {MisalignedSpans.Widen} or {MisalignedSpans.Drop}"
            + (options.Division == WordDivision.Characters ? "" : $", or WordDivision to {WordDivision.Characters}"));
    }

    /// <summary>Whether the entities lie in the text if their places count the other unit.</summary>
    private bool Fits(string text, IReadOnlyList<EntitySpan> entities)
    {
        var length = new TextOffsets(text, Other).Length;
        return entities.All(e => e.Start >= 0 && e.Start < e.End && e.End <= length);
    }

    private int MisalignedInOther(string text, IReadOnlyList<EntitySpan> entities, WordDivision division)
    {
        try
        {
            return TextWords.Tag(text, InUtf16(text, entities, Other), division).Misaligned.Count;
        }
        catch (ArgumentException)
        {
            // They cannot be meant so.
            return entities.Count;
        }
    }
}

using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Labelling;

namespace FineTuneWorkflows.Stages.FetchData;

/// <summary>Says what became of entities on the way to tagged words, and how a text will be divided that the model is asked with.</summary>
internal static class EntityNotes
{
    public static void Write(StageContext context, DatasetInfo info)
    {
        if (info.Spans is { } spans)
            Write(context, info, spans);
        if (info.GivenWords is { DividedFurther: > 0 } given)
            context.Note(FormattableString.Invariant(
                $"of {given.Count} words {given.DividedFurther}, such as {given.Example}, are several words where a text is divided, as `predict --text` does; ask with the words themselves (tokens) where they count"));
        if (info.GivenWords is not null && info.Division == WordDivision.Characters)
            context.Note("the words are single characters: `predict --text` will divide a text so");
    }

    private static void Write(StageContext context, DatasetInfo info, SpanCounts spans)
    {
        var changed = spans.Widened + spans.Dropped;
        context.LogMetrics([new("data/entities", spans.Entities), new("data/entities_widened", spans.Widened), new("data/entities_dropped", spans.Dropped)]);
        if (changed > 0)
            context.Note($"{changed} of {spans.Entities} entities begin or end inside a word: {(spans.Widened > 0 ? $"{spans.Widened} took the whole word" : "")}{(spans is { Widened: > 0, Dropped: > 0 } ? ", " : "")}"
                + $"{(spans.Dropped > 0 ? $"{spans.Dropped} were left out" : "")} (MisalignedSpans{(info.Division == WordDivision.Words ? "; WordDivision Characters keeps such places" : "")})");
        if (spans.MisalignedAmongPairs > spans.MisalignedInOtherUnit)
            context.Note($"in texts with emoji or other characters of two UTF-16 units, {spans.MisalignedAmongPairs} entities begin or end inside a word if their places count {info.Offsets}, "
                + $"{spans.MisalignedInOtherUnit} if they count {Other(info.Offsets)}: is parameter Offsets right?");
    }

    private static OffsetUnit Other(OffsetUnit? unit) => unit == OffsetUnit.Utf16 ? OffsetUnit.CodePoints : OffsetUnit.Utf16;
}

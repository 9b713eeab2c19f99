using System.Globalization;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Stages.FetchData;

/// <summary>Tells what became of the examples.</summary>
internal static class DatasetReport
{
    /// <summary>Logs a metric and a data set for each split, and notes what was left out, merged or guessed.</summary>
    /// <param name="context">The stage's context.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="locationOf">Where a split's examples came from; null where that cannot be told.</param>
    /// <param name="cancellationToken">The user's wish to stop.</param>
    public static void Write(StageContext context, DatasetFolder dataset, Func<SplitName, string?> locationOf, CancellationToken cancellationToken)
    {
        var info = dataset.Info;
        foreach (var (split, usage) in ((SplitName, string)[])[(SplitName.Train, "training"), (SplitName.Validation, "validation"), (SplitName.Test, "testing")])
        {
            var name = split.ToText();
            context.LogMetric($"data/{name}_rows", dataset.Count(split));
            context.LogDataset(new(
                name, ContentDigest.OfFile(dataset.FileOf(split), progress: null, cancellationToken), string.Join(", ", info.Sources.Select(s => s.Name)), usage, locationOf(split), dataset.Count(split),
                DatasetColumns.Of(dataset.FileOf(split))));
        }

        context.Note(
            $"{dataset.Count(SplitName.Train)} training, {dataset.Count(SplitName.Validation)} validation and {dataset.Count(SplitName.Test)} test examples{Labels(dataset)}");
        foreach (var note in info.Notes)
            context.Note(note);
        if (info.DuplicatesWithinSplits + info.DuplicatesAcrossSplits + info.ContradictingRowsRemoved > 0)
            context.Note($"{(info.Deduplicated ? "left out" : "kept, as Deduplicate is false,")} {info.DuplicatesWithinSplits} duplicates within splits, {info.DuplicatesAcrossSplits} across splits, {info.ContradictingRowsRemoved} with contradicting labels");
        if (info.UnlearnedConversations > 0)
            context.Note($"left out {info.UnlearnedConversations} conversations of which nothing is to be learned (label false, or no answer with a weight)");
        EntityNotes.Write(context, info);
        foreach (var spellings in info.MergedLabels.Take(3))
            context.Note(double.TryParse(spellings[0], NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                ? $"the labels {string.Join(" and ", spellings)} are one number and so one class, {spellings[0]}"
                : $"{spellings.Count} spellings of the label {spellings[0]} look the same (composed or decomposed letters, characters of no width) and are one class");
        foreach (var alike in info.Labels.GroupBy(label => label.ToUpperInvariant()).Where(group => group.Count() > 1).Take(3))
            context.Note($"the labels {string.Join(" and ", alike)} differ only in case and are classes of their own; write them alike in the data if they are one");
        if (info.BadRowsSkipped > 0)
            context.Note($"skipped {info.BadRowsSkipped} bad rows, the first: {info.FirstBadRows[0].File} line {info.FirstBadRows[0].Line}: {info.FirstBadRows[0].Reason}");
    }

    private static string Labels(DatasetFolder dataset) => dataset.Kind switch
    {
        DataKind.TokenClassification => $" with {(dataset.Labels.Count - 1) / 2} kinds of entities",
        DataKind.MultiLabelClassification => $" with {dataset.Labels.Count} labels",
        DataKind.PlainText => " of plain text",
        DataKind.Conversations => ", conversations",
        DataKind.TextPairs => ", pairs that belong together",
        DataKind.TextTriplets => ", triplets",
        DataKind.ScoredTextPairs => FormattableString.Invariant($", pairs with scores of {dataset.Info.Scores!.Low} to {dataset.Info.Scores.High}"),
        _ => $" in {dataset.Labels.Count} classes",
    };
}

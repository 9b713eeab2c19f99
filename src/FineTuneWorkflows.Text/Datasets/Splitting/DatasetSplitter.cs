using FineTuneWorkflows.Text.Datasets.Reading;

namespace FineTuneWorkflows.Text.Datasets.Splitting;

/// <summary>
/// Makes a dataset folder from source files. No text (see <see cref="TextIdentity"/>) ends in two splits or twice in one, unless
/// <see cref="SplitRequest.Deduplicate"/> is off.
/// <list type="bullet">
/// <item>Splits that the files or a split column give are kept; a split that is not given is taken from the training rows, the same share of each
/// class where each row has one label, else the same share of all.</item>
/// <item>With a group column whole groups are drawn, without regard to classes, until they have the share; folds are of whole groups as well. Rows
/// whose split is given keep it, whatever their group.</item>
/// <item>Which rows those are follows from (seed, text) alone: within each class the texts are ranked by a hash and the first go to test, the next to
/// validation. The order of rows, and of files, does not matter.</item>
/// <item>An equal text in two splits stays in test rather than validation, in validation rather than train. Of equal texts in one split one
/// stays.</item>
/// <item>Equal texts with different labels, tags or scores in one split are all removed: nothing tells which is right. Pairs and triplets are equal when all their texts
/// are, conversations when all messages are.</item>
/// <item>Of pairs and triplets for embeddings the rows with one anchor are a group where no group column is given.</item>
/// </list>
/// The files are read twice; in between about 56 bytes per row are remembered, never the texts.
/// </summary>
public static class DatasetSplitter
{
    private const int ProgressEvery = 20_000;

    /// <summary>Reads the files, decides, and writes the dataset folder; rows keep their order within a split.</summary>
    /// <param name="request">Files, columns, shares and seed.</param>
    /// <param name="outputFolder">The folder to write; made where it is missing.</param>
    /// <param name="progress">Told the phases <c>reading</c> and <c>writing</c>, in rows.</param>
    /// <param name="cancellationToken">Stops the work; the folder then has no <c>dataset.json</c> and does not open.</param>
    /// <returns>The dataset.</returns>
    /// <exception cref="TextDataException">
    /// What <see cref="ExampleReader.Read(string, ReadOptions, BadRowLog, CancellationToken)"/> throws; a split would be empty; there is one class only; validation or test has a label that training
    /// lacks (names file and line); a file changed between the two readings.
    /// </exception>
    /// <exception cref="ArgumentException">There are no files, or a share is below 0, or both make 1 or more.</exception>
    public static DatasetFolder Split(
        SplitRequest request, string outputFolder, IProgress<TextProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrEmpty(outputFolder);
        Validate(request);

        var plan = new SplitPlan(request);
        plan.Read(progress, cancellationToken);
        plan.Decide();

        using var writer = new DatasetFolderWriter(outputFolder, plan.Kind);
        WriteRows(plan, writer, progress, cancellationToken);
        return writer.Complete(info => info with
        {
            Sources = plan.Sources,
            Notes = plan.Notes.Texts,
            Deduplicated = request.Deduplicate,
            DuplicatesWithinSplits = plan.Membership.DuplicatesWithin,
            DuplicatesAcrossSplits = plan.Membership.DuplicatesAcross,
            ContradictingTexts = plan.Membership.ContradictingTexts,
            ContradictingRowsRemoved = plan.Membership.ContradictingRows,
            BadRowsSkipped = plan.BadRows.Count,
            UnlearnedConversations = plan.BadRows.Unlearned,
            FirstBadRows = plan.BadRows.First,
            Division = plan.Division,
            Scores = plan.Kind == DataKind.ScoredTextPairs ? new ScoreRange(request.Read.MinScore, request.Read.MaxScore) : null,
            Offsets = plan.Spans is null ? null : request.Read.Offsets,
            Spans = plan.Spans,
            GivenWords = plan.GivenWords,
            MergedLabels = plan.Spellings.Merged,
        });
    }

    private static void WriteRows(SplitPlan plan, DatasetFolderWriter writer, IProgress<TextProgress>? progress, CancellationToken cancellationToken)
    {
        var ignored = new BadRowLog();
        var splits = plan.SplitOfRow;
        var number = 0;
        foreach (var (file, given) in plan.Files())
        {
            foreach (var row in ExampleReader.Read(file, plan.OptionsFor(given), ignored, cancellationToken))
            {
                if (number >= splits.Length) throw Changed(file);
                var split = splits[number++];
                if (split != RowKey.Removed) writer.Add((SplitName)split, plan.Spellings.Named(row.Example, plan.Kind));
                if (number % ProgressEvery == 0) progress?.Report(new TextProgress("writing", number, splits.Length, "rows"));
            }
        }
        if (number != splits.Length) throw Changed(plan.Files().Last().File);
        progress?.Report(new TextProgress("writing", number, splits.Length, "rows"));
    }

    private static TextDataException Changed(string file) => new("the file changed while it was read; start again when nothing writes to it", file);

    private static void Validate(SplitRequest request)
    {
        if (request.Files.Count == 0) throw new ArgumentException("There are no files.", nameof(request));
        if (!(request.ValidationShare >= 0 && request.TestShare >= 0 && request.ValidationShare + request.TestShare < 1))
        {
            var shares = FormattableString.Invariant($"validation ({request.ValidationShare}) and test ({request.TestShare})");
            throw new ArgumentException($"The shares for {shares} must not be negative and must leave something to train on.", nameof(request));
        }

        if (request.Folds is 1 or < 0 || request.Fold < 0 || (request.Folds > 0 && request.Fold >= request.Folds))
            throw new ArgumentException($"There is no fold {request.Fold} of {request.Folds}: folds are at least 2 and counted from 0.", nameof(request));
    }
}

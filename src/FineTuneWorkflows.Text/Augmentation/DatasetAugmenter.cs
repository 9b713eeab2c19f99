using FineTuneWorkflows.Text.Datasets;

namespace FineTuneWorkflows.Text.Augmentation;

/// <summary>
/// Writes a dataset again with changed copies in its training split, each right after its original and with its label or labels; validation and test stay as
/// they are. A copy whose text is there already, in whatever split, is left out, so that nothing leaks. Rows are streamed; about 40 bytes are
/// remembered of each to know it again.
/// </summary>
public static class DatasetAugmenter
{
    private const int BatchSize = 2048;

    /// <summary>Augments a dataset.</summary>
    /// <param name="source">The dataset.</param>
    /// <param name="augmenter">Makes the copies.</param>
    /// <param name="outputFolder">The folder to write; made where it is missing; not the source's.</param>
    /// <param name="progress">Told the phase <c>augmenting</c>, in rows.</param>
    /// <param name="cancellationToken">Stops the work; the folder then has no <c>dataset.json</c> and does not open.</param>
    /// <returns>The new dataset; <see cref="DatasetInfo.Augmentation"/> says what was done.</returns>
    /// <exception cref="TextDataException">The source is damaged or of a kind whose examples cannot be changed word by word (pairs, tagged words, plain
    /// text, conversations), or the folder cannot be written.</exception>
    /// <exception cref="ArgumentException">The folder is the source's own.</exception>
    public static DatasetFolder Augment(
        DatasetFolder source, EasyDataAugmenter augmenter, string outputFolder, IProgress<TextProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(augmenter);
        ArgumentException.ThrowIfNullOrEmpty(outputFolder);
        if (Path.GetFullPath(outputFolder) == Path.GetFullPath(source.Folder))
            throw new ArgumentException("A dataset cannot be augmented into its own folder.", nameof(outputFolder));

        if (!source.Kind.IsLabelledText())
            throw new TextDataException(
                $"a dataset of the kind {source.Kind} cannot be augmented: only single texts keep their labels when words change; leave the stage out", source.Folder);
        using var writer = new DatasetFolderWriter(outputFolder, source.Kind);
        var known = new HashSet<ulong>();
        foreach (var split in SplitNames.All)
        {
            foreach (var example in source.Read(split, cancellationToken))
            {
                known.Add(Key(example.Text));
                if (split != SplitName.Train) writer.Add(split, example);
            }
        }
        var report = AugmentTrain(source, augmenter, writer, known, progress, cancellationToken);
        return writer.Complete(info => source.Info with { Splits = info.Splits, Augmentation = report });
    }

    private static AugmentationReport AugmentTrain(
        DatasetFolder source, EasyDataAugmenter augmenter, DatasetFolderWriter writer, HashSet<ulong> known, IProgress<TextProgress>? progress,
        CancellationToken cancellationToken)
    {
        var copies = augmenter.Options.Copies;
        var byOperation = Enum.GetValues<EdaOperation>().ToDictionary(o => o, _ => 0L);
        long originals = 0, unchanged = 0, alreadyThere = 0;
        foreach (var batch in source.Read(SplitName.Train, cancellationToken).Chunk(BatchSize))
        {
            var changed = new (string? Text, EdaOperation Operation)[batch.Length * copies];
            Parallel.For(0, changed.Length, new ParallelOptions { CancellationToken = cancellationToken }, i =>
            {
                var text = augmenter.Augment(batch[i / copies].Text, i % copies, out var operation);
                changed[i] = (text, operation);
            });
            for (var i = 0; i < changed.Length; i++)
            {
                var original = batch[i / copies];
                if (i % copies == 0) writer.Add(SplitName.Train, original);
                var (text, operation) = changed[i];
                if (text is null)
                {
                    unchanged++;
                }
                else if (!known.Add(Key(text)))
                {
                    alreadyThere++;
                }
                else
                {
                    writer.Add(SplitName.Train, original with { Text = text });
                    byOperation[operation]++;
                }
            }
            originals += batch.Length;
            progress?.Report(new TextProgress("augmenting", originals, source.Count(SplitName.Train), "rows"));
        }
        return new AugmentationReport
        {
            Originals = originals,
            Added = byOperation.Values.Sum(),
            ByOperation = byOperation.ToDictionary(p => char.ToLowerInvariant(p.Key.ToString()[0]) + p.Key.ToString()[1..], p => p.Value),
            Unchanged = unchanged,
            AlreadyThere = alreadyThere,
        };
    }

    private static ulong Key(string text) => (ulong)TextIdentity.Of(text);
}

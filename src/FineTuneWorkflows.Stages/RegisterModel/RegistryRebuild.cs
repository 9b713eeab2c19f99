using System.Globalization;
using System.Text.Json;
using FineTuneWorkflows.Pipelines.Cache;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Stages.Evaluate;
using FineTuneWorkflows.Tracking.Registry;
using FineTuneWorkflows.Tracking.Store;

namespace FineTuneWorkflows.Stages.RegisterModel;

/// <summary>
/// What was registered in a home, put together from what else tells of it where the registry's own file is gone, or was never made because an earlier version kept the registry in the database:
/// that database's tables where they are there, the journals of the runs, and the artifacts and records that the journals name.
/// </summary>
/// <param name="home">The home.</param>
/// <param name="store">The database; null where there is none, or it must not be opened.</param>
internal sealed class RegistryRebuild(Home home, Func<TrackingStore?> store)
{
    private readonly StageRecordStore records = new(home);

    /// <summary>The registry's entries, oldest first.</summary>
    public IReadOnlyList<RegistryEntry> Entries()
    {
        List<RegistryEntry> known = store() is { } tables ? [.. RegistryTables.Read(tables)] : [];
        var versions = known.OfType<VersionRegistered>().ToList();
        // Of an alias that a journal knows, the journals know every move.
        var moves = known.OfType<AliasMoved>().ToDictionary(move => (move.Name, move.Alias), move => new List<AliasMoved> { move });
        foreach (var journaled in Journaled().GroupBy(r => (r.Version.Name, r.Version.Digest)).Select(g => g.OrderBy(r => r.Version.Time).ToList()).OrderBy(g => g[0].Version.Time).ThenBy(g => g[0].Version.Version))
        {
            var first = journaled[0].Version;
            var version = versions.FirstOrDefault(v => v.Name == first.Name && v.Digest == first.Digest);
            if (version is null)
            {
                // Two can have one number where a registry was lost and begun anew: the later one is counted on.
                var taken = versions.Where(v => v.Name == first.Name).Select(v => v.Version).ToHashSet();
                version = taken.Contains(first.Version) ? first with { Version = taken.Max() + 1 } : first;
                versions.Add(version);
            }

            foreach (var (_, alias, moved) in journaled)
                if (alias is not null)
                    (moves.TryGetValue((first.Name, alias), out var list) ? list : moves[(first.Name, alias)] = []).Add(new(moved, first.Name, alias, version.Version, null));
        }

        return [.. versions.OrderBy(v => v.Time).ThenBy(v => v.Name, StringComparer.Ordinal).ThenBy(v => v.Version), .. moves.Values.SelectMany(Chained).OrderBy(m => m.Time)];
    }

    // Each move of an alias says where it was before; one to where it was is none.
    private static IEnumerable<AliasMoved> Chained(List<AliasMoved> moves)
    {
        int? before = null;
        foreach (var move in moves.OrderBy(m => m.Time))
        {
            if (move.Version == before)
                continue;
            yield return move with { Before = before };
            before = move.Version;
        }
    }

    private IEnumerable<(VersionRegistered Version, string? Alias, DateTimeOffset Moved)> Journaled()
    {
        foreach (var runId in new RunHistory(home).Ids().Order(StringComparer.Ordinal))
        {
            // A damaged line says nothing; those around it do.
            var finished = RunJournal.ReadLines(RunJournal.PathOf(home, runId)).Select(line => line.Event).OfType<StageFinished>().ToList();
            foreach (var stage in finished)
                if (stage.Outcome is StageOutcome.Executed or StageOutcome.UpToDate && Registered(runId, stage, finished) is { } version)
                    // One that was up to date moved no alias.
                    yield return (version, stage.Outcome == StageOutcome.Executed ? stage.Tags.GetValueOrDefault("model/alias") : null, stage.Time);
        }
    }

    private VersionRegistered? Registered(string runId, StageFinished stage, List<StageFinished> run)
    {
        if (!stage.Tags.TryGetValue("model/name", out var name) || !stage.Tags.TryGetValue("model/digest", out var digest)
            || !int.TryParse(stage.Tags.GetValueOrDefault("model/version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version < 1)
            return null;
        var file = stage.Artifacts.TryGetValue("registration", out var registration) ? RegistrationFile.Read(FolderOf(registration)) : null;
        var document = stage.Fingerprint is { } fingerprint ? records.Find(fingerprint)?.Document : null;
        return new(
            file?.Created ?? stage.Time, name, version, digest, file?.Run ?? stage.MadeByRun ?? runId,
            file?.Metrics ?? Metrics(document?.Inputs.GetValueOrDefault("evaluation"), digest, run),
            file?.Data ?? (document?.Inputs.GetValueOrDefault("dataset") is { } data ? [data] : []),
            file?.Description ?? (document?.Parameters.GetValueOrDefault("ModelDescription") is { Length: > 0 } description ? description : null));
    }

    // The evaluation itself; where it was cleaned away, what its stage logged in that run.
    private IReadOnlyDictionary<string, double> Metrics(string? evaluation, string model, List<StageFinished> run)
    {
        if (evaluation is not null && File.Exists(Path.Combine(FolderOf(evaluation), EvaluationFiles.MetricsFile)))
        {
            try
            {
                return EvaluationFiles.ReadMetrics(FolderOf(evaluation));
            }
            catch (JsonException)
            {
                // Damaged: the journal has its figures, too.
            }
        }

        return run.LastOrDefault(s => s.Artifacts.TryGetValue("evaluation", out var made) && (evaluation is null ? Measures(s, model) : made == evaluation))?.Metrics ?? new Dictionary<string, double>();
    }

    // Of a stage whose record is gone nothing contradicts it.
    private bool Measures(StageFinished stage, string model) =>
        stage.Fingerprint is not { } fingerprint || records.Find(fingerprint) is not { } record || record.Document.Inputs.GetValueOrDefault("model") == model;

    private string FolderOf(string digest) => Path.Combine(home.Objects, digest[..2], digest);
}

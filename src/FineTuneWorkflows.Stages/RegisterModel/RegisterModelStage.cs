using System.ComponentModel.DataAnnotations;
using System.Globalization;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Homes;
using FineTuneWorkflows.Stages.Evaluate;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Tracking;
using FineTuneWorkflows.Tracking.Registry;

namespace FineTuneWorkflows.Stages.RegisterModel;

/// <summary>Registers a model as a version under a name, and points an alias to it if a gate holds.</summary>
[Stage("FineTune.RegisterModel", Version = 2, Description = "Registers the model as a new version with its metrics, run and data, and points an alias to it where a stated gate holds.")]
[Consumes("model")]
[Consumes("evaluation", Optional = true)]
[Consumes("dataset", Optional = true)]
[Produces("registration")]
public sealed record RegisterModelStage : Stage
{
    /// <summary>The registered model's name.</summary>
    [Parameter("The registered model's name; without / and :."), Required]
    public string ModelName { get; init; } = "";

    /// <summary>The alias. Default: <c>champion</c>.</summary>
    [Parameter("The alias to point to this version; empty for none.")]
    public string Alias { get; init; } = "champion";

    /// <summary>The gate. Default: none.</summary>
    [Parameter("What must hold for the alias to move, such as 'test/accuracy >= champion' or 'test/accuracy >= 0.8 and test/f1_macro > champion'; empty always moves it.")]
    public string Gate { get; init; } = "";

    /// <summary>For people. Default: none.</summary>
    [Parameter("A description for people.", MultiLine = true)]
    public string ModelDescription { get; init; } = "";

    /// <inheritdoc />
    public override IEnumerable<string> Check()
    {
        foreach (var (parameter, check) in ((string, Action)[])[(nameof(ModelName), () => RegistryNames.CheckModel(ModelName)), (nameof(Alias), CheckAlias), (nameof(Gate), () => ParseGate())])
            if (Problem(check) is { } problem)
                yield return $"parameter {parameter}: {problem}";
    }

    /// <inheritdoc />
    public override IReadOnlyCollection<string> Measures => [];

    /// <inheritdoc />
    public override IEnumerable<NeededMetric> NeededMetrics() => (ParseGate()?.Conditions ?? []).Select(c => new NeededMetric(nameof(Gate), c.Metric, "evaluation")).Distinct();

    /// <inheritdoc />
    public override async Task RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        var registry = context.Service<ModelRegistry>();
        var model = context.Input("model");
        var metrics = context.FindInput("evaluation") is { } evaluation ? EvaluationFiles.ReadMetrics(evaluation.Path) : new Dictionary<string, double>();
        var version = registry.Register(new(
            ModelName, model.Digest, context.RunId, metrics, context.FindInput("dataset") is { } dataset ? [dataset.Digest] : [], ModelDescription.Length > 0 ? ModelDescription : null));
        context.SetTag("model/name", ModelName);
        context.SetTag("model/version", version.Version.ToString(CultureInfo.InvariantCulture));
        context.SetTag("model/digest", model.Digest);

        var testData = TestDataOf(context, cancellationToken);
        if (testData is not null)
            context.SetTag("model/test_data", testData);

        var shared = Alias.Length > 0 ? await context.Service<SharedRegistry>().FindChampionAsync(ModelName, Alias, cancellationToken).ConfigureAwait(false) : null;
        Promotion? promotion = Alias.Length > 0 ? registry.Promote(ModelName, Alias, version.Version, ParseGate(), shared?.Champion) : null;
        if (promotion is { Moved: true })
            context.SetTag("model/alias", Alias);
        if (shared is { Fault: null })
            context.SetTag("model/asked", $"{shared.Champion?.Version.Version.ToString(CultureInfo.InvariantCulture) ?? "none"} {shared.Server}");
        context.Note(Told(version, promotion, shared?.Champion));
        foreach (var note in NotesOn(shared, testData))
            context.Note(note);
        if (NoteOnData(shared, promotion, version, testData, context.Service<Home>(), cancellationToken) is { } other)
            context.Note(other);
        RegistrationFile.Write(context.Output("registration"), version, promotion is { Moved: true } ? Alias : null, promotion?.Gate?.Explanation);
    }

    private static string? TestDataOf(StageContext context, CancellationToken cancellationToken) =>
        context.FindInput("dataset") is { } dataset && DatasetFolder.Open(dataset.Path) is { } folder && folder.Count(SplitName.Test) > 0
            ? ContentDigest.OfFile(folder.FileOf(SplitName.Test), progress: null, cancellationToken)
            : null;

    private IEnumerable<string> NotesOn(SharedChampion? shared, string? testData)
    {
        if (shared?.Fault is { } fault)
            yield return $"the champion on {shared.Server} could not be asked for ({fault}); the one here was compared with, and delivery compares again before alias {Alias} moves there";
        if (shared?.Champion is not { } champion || Gate.Length == 0 || champion.Version.Digest.Length > 0 && champion.TestData == testData && testData is not null)
            yield break;
        yield return champion.TestData is { } other && testData is not null
            ? $"version {champion.Version.Version} on {shared.Server} was tested on other data ({other[..Math.Min(12, other.Length)]}..., this one on {testData[..12]}...): the two figures are not of the same test"
            : $"it is not known whether version {champion.Version.Version} on {shared.Server} was tested on the same data";
    }

    // As of a champion of the server, of that here.
    private string? NoteOnData(SharedChampion? shared, Promotion? promotion, ModelVersion version, string? testData, Home home, CancellationToken cancellationToken)
    {
        if (Gate.Length == 0 || shared?.Champion is not null || promotion?.Before is not { } before || before.Version == version.Version)
            return null;
        var file = before.DataDigests.Where(digest => digest.Length > 2).Select(digest => Path.Combine(home.Objects, digest[..2], digest, SplitName.Test.ToText() + ".jsonl")).FirstOrDefault(File.Exists);
        if (file is null)
            return $"it is not known whether version {before.Version} was tested on the same data";
        return testData == ContentDigest.OfFile(file, progress: null, cancellationToken) ? null : $"version {before.Version} was tested on other data: the two figures are not of the same test";
    }

    private static string? Problem(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (TrackingException e)
        {
            return e.Message;
        }
    }

    private void CheckAlias()
    {
        if (Alias.Length > 0)
            RegistryNames.CheckAlias(Alias);
    }

    private ModelGate? ParseGate() => Gate.Length > 0 ? ModelGate.Parse(Gate) : null;

    private string Told(ModelVersion version, Promotion? promotion, SharedVersion? shared)
    {
        var registered = $"registered as {ModelName} version {version.Version}";
        if (promotion is null)
            return registered;
        var because = promotion.Gate is null ? "" : $", because {promotion.Gate.Explanation}";
        if (shared is not null && !promotion.Moved)
            return $"{registered}; alias {Alias} stays at version {shared.Version.Version} on {shared.Server}{because}";
        return promotion.Moved
            ? $"{registered}; alias {Alias} {(promotion.Before is { } before && before.Version != version.Version ? $"moved from version {before.Version} to it" : "points to it")}{because}"
            : $"{registered}; alias {Alias} stays at version {promotion.Before?.Version.ToString(CultureInfo.InvariantCulture) ?? "none"}{because}";
    }
}

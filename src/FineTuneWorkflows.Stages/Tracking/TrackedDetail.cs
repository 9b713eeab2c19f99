using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>
/// What of a run is worth a place of its own on a tracking server. Left out are parameters that have their default where that switches something off or leaves it to the program, where another
/// parameter makes them have no effect, or where they only say how a stage is executed; figures that another one repeats; and tags that <see cref="StageSheet"/> holds. <c>FINETUNE_TRACK_ALL=true</c>
/// leaves nothing out.
/// </summary>
/// <param name="all">Whether nothing is left out.</param>
/// <param name="find">Finds a kind of stage by its type.</param>
internal sealed class TrackedDetail(bool all, Func<string, StageDescriptor?> find)
{
    /// <summary>The variable that has everything tracked.</summary>
    public const string Variable = "FINETUNE_TRACK_ALL";

    private static readonly HashSet<string> Off = new(StringComparer.OrdinalIgnoreCase) { "", "false", "0", "none", "auto", "[]", "00:00:00" };
    private static readonly HashSet<string> OnSheet = new(StringComparer.Ordinal) { "model/digest", "model/path", "model/test_data", "model/asked" };

    /// <summary>What the environment says.</summary>
    public static TrackedDetail FromEnvironment() =>
        new(Environment.GetEnvironmentVariable(Variable)?.ToUpperInvariant() is "TRUE" or "1", FineTuneStages.Catalog.Find);

    /// <summary>Whether nothing is left out.</summary>
    public bool All => all;

    /// <summary>A stage's parameters that say something.</summary>
    /// <param name="type">The stage's type.</param>
    /// <param name="parameters">All that are known.</param>
    public IEnumerable<KeyValuePair<string, string>> Of(string type, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        if (all || find(type) is not { } stage)
            return parameters;
        var values = parameters.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        return values.Where(p => stage.Parameter(p.Key) is not { } known || Says(known, p.Value, values));
    }

    /// <summary>Whether a figure is tracked.</summary>
    // The best epoch's validation is that of best_validation.
    public bool Tracks(string metric) => all || !metric.StartsWith("generalization/validation/", StringComparison.Ordinal);

    /// <summary>Whether a tag of a stage is tracked as one of the run.</summary>
    public bool TracksTag(string tag) => all || !OnSheet.Contains(tag);

    private static bool Says(ParameterDescriptor parameter, string value, Dictionary<string, string> values)
    {
        if (value != parameter.DefaultText)
            return true;
        return !Off.Contains(value) && parameter.Category != "Execution" && (parameter.AppliesWith is not { } condition || Applies(condition, values));
    }

    // "LoraRank": that one is set. "Schedule=Polynomial": it has this value.
    private static bool Applies(string condition, Dictionary<string, string> values)
    {
        var at = condition.IndexOf('=', StringComparison.Ordinal);
        var value = values.GetValueOrDefault(at < 0 ? condition : condition[..at], "");
        return at < 0 ? !Off.Contains(value) : value.Equals(condition[(at + 1)..], StringComparison.OrdinalIgnoreCase);
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

/// <summary>What the fake server knows.</summary>
internal sealed partial class FakeState
{
    private int _ids;

    public Dictionary<string, FakeExperiment> Experiments { get; } = new() { ["0"] = new FakeExperiment("0", "Default") };

    public Dictionary<string, FakeRun> Runs { get; } = [];

    public Dictionary<string, byte[]> Artifacts { get; } = [];

    public Dictionary<string, FakeLoggedModel> Models { get; } = [];

    public Dictionary<string, FakeRegisteredModel> Registered { get; } = [];

    /// <summary>What somebody else does right after an alias was set.</summary>
    public Action<FakeRegisteredModel> AfterAlias { get; set; } = _ => { };

    /// <summary>Where parts of uploads go; null for a store that takes none, as a local folder is.</summary>
    public Uri? PartStore { get; set; }

    public SortedDictionary<int, byte[]> Parts { get; } = [];

    public string NextId() => (++_ids).ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Whether equalities joined by AND hold, as in <c>name = 'x' AND tags.`k` = 'v'</c>; other filters are not known here.</summary>
    public static bool Matches(string? filter, IReadOnlyDictionary<string, string?> attributes, IReadOnlyDictionary<string, string> tags)
    {
        if (string.IsNullOrEmpty(filter)) return true;
        foreach (var part in And().Split(filter))
        {
            var match = Equality().Match(part.Trim());
            if (!match.Success) throw FakeRefusal.Invalid($"Invalid filter '{filter}'");
            var (key, value) = (match.Groups["key"].Value.Trim('`'), match.Groups["value"].Value);
            var actual = match.Groups["tag"].Success ? tags.GetValueOrDefault(key) : attributes.GetValueOrDefault(key);
            if (actual != value) return false;
        }

        return true;
    }

    [GeneratedRegex(" and ", RegexOptions.IgnoreCase)]
    private static partial Regex And();

    [GeneratedRegex("""^(?<tag>tags\.)?(?<key>`[^`]*`|\w+) = ['"](?<value>.*)['"]$""")]
    private static partial Regex Equality();
}

internal sealed record FakeExperiment(string Id, string Name)
{
    public string Name { get; set; } = Name;

    public bool Deleted { get; set; }

    public Dictionary<string, string> Tags { get; } = [];
}

internal sealed record FakeMetric(string Key, double Value, long Timestamp, long Step, string? Dataset = null, string? DatasetDigest = null);

internal sealed record FakeRun(string Id, string Experiment, long Start)
{
    public string Name { get; set; } = "";

    public string Status { get; set; } = "RUNNING";

    public long? End { get; set; }

    public bool Deleted { get; set; }

    public Dictionary<string, string> Tags { get; } = [];

    public Dictionary<string, string> Params { get; } = [];

    public HashSet<FakeMetric> Metrics { get; } = [];

    /// <summary>How many metrics arrived that were there already.</summary>
    public int Doubled { get; set; }

    public Dictionary<string, string> Inputs { get; } = [];

    public Dictionary<string, long> Outputs { get; } = [];
}

internal sealed record FakeLoggedModel(string Id, string Experiment, string Name, string? RunId)
{
    public string Status { get; set; } = "LOGGED_MODEL_PENDING";

    public Dictionary<string, string> Tags { get; } = [];

    public Dictionary<string, string> Params { get; } = [];

    public HashSet<FakeMetric> Metrics { get; } = [];
}

internal sealed record FakeRegisteredModel(string Name)
{
    public string? Description { get; set; }

    public List<FakeVersion> Versions { get; } = [];

    public Dictionary<string, string> Aliases { get; } = [];

    public Dictionary<string, string> Tags { get; } = [];
}

internal sealed record FakeVersion(int Number, string Source, string? RunId)
{
    public string? Description { get; set; }

    public bool Deleted { get; set; }

    public Dictionary<string, string> Tags { get; } = [];
}

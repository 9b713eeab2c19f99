using System.Globalization;
using FineTuneWorkflows.Learning.Checkpoints;

namespace FineTuneWorkflows.Learning.Models.Folders;

/// <summary>What is wrong with a folder's weights, gathered so that one message tells all.</summary>
internal sealed class WeightProblems(string path)
{
    public List<string> Missing { get; } = [];

    public List<string> Misshapen { get; } = [];

    public List<string> Extra { get; } = [];

    /// <summary>Throws if there are any.</summary>
    public void Refuse()
    {
        var problems = new List<string>();
        Tell(Missing, "missing");
        Tell(Misshapen, "misshapen");
        Tell(Extra, "not known");
        if (problems.Count > 0)
            throw new CheckpointException($"{path} does not fit its config.json: {string.Join("; ", problems)}.");

        void Tell(List<string> names, string what)
        {
            if (names.Count > 0)
                problems.Add($"{names.Count.ToString(CultureInfo.InvariantCulture)} weights are {what}: {WeightMatcher.Some(names)}");
        }
    }
}

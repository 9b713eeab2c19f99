using System.Globalization;
using System.Text;
using FineTuneWorkflows.Tracking.Outbox;

namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>What a user is told of events that a server does not have.</summary>
public static class Undelivered
{
    private const int Lines = 10;

    /// <summary>Of those that wait.</summary>
    /// <param name="left">What is left.</param>
    /// <param name="fault">Why; null where nothing is known.</param>
    public static string Text(OutboxStatus left, string? fault) => string.Create(
        CultureInfo.InvariantCulture, $"tracking: {left.Events} events are not delivered yet{(fault is null ? "" : $" ({fault})")}; they are kept, deliver them with `finetune sync`");

    /// <summary>Of those that the server would not take: whose they are, why, and what can be done.</summary>
    public static string Text(IReadOnlyList<RefusedEvent> refused)
    {
        ArgumentNullException.ThrowIfNull(refused);
        var groups = refused.GroupBy(one => (one.RunId, one.Kind, one.Reason)).ToList();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"tracking: {refused.Sum(one => one.Events)} events were not taken by the server and are kept:");
        foreach (var group in groups.Take(Lines))
        {
            var events = group.Sum(one => one.Events);
            var kind = group.Key.Kind == "run" ? "" : $", {group.Key.Kind}";
            text.Append(CultureInfo.InvariantCulture, $"\n  run {group.Key.RunId}{kind}{(events > 1 ? $" ({events} events)" : "")}: {group.Key.Reason}");
        }

        if (groups.Count > Lines)
            text.Append(CultureInfo.InvariantCulture, $"\n  and {groups.Count - Lines} more");
        text.Append("\n`finetune sync --retry` tries them again");
        if (groups.Exists(group => group.Key.Kind == "run"))
            text.Append("; `--restore` takes back, on the server, that runs were deleted; `--recreate` makes them anew there");
        return text.Append("; `--discard` gives them up.").ToString();
    }
}

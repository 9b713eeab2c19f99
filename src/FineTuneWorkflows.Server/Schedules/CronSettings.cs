using Elsa.Extensions;
using Elsa.Scheduling.Activities;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using FineTuneWorkflows.Pipelines.Contract;

namespace FineTuneWorkflows.Server.Schedules;

/// <summary>What this server adds to Elsa's Cron trigger: the time zone that its expression is meant in, and what happens when it is due too early.</summary>
/// <param name="Zone">The time zone. Default: UTC.</param>
/// <param name="Overlap">What happens when it is due while its last instance is at work. Default: <see cref="CronOverlap.Skip"/>.</param>
internal sealed record CronSettings(TimeZoneInfo Zone, CronOverlap Overlap)
{
    /// <summary>The trigger's input with the name of the time zone.</summary>
    public const string TimeZoneInput = "TimeZone";

    /// <summary>The trigger's input with one of <see cref="CronOverlap"/>.</summary>
    public const string OverlapInput = "Overlap";

    /// <summary>Reads the settings of a trigger.</summary>
    /// <exception cref="FormatException">One of them is wrong; the message names it and says what would be right.</exception>
    public static CronSettings Of(IActivity trigger) => new(Zoned(Text(trigger, TimeZoneInput)), Overlapping(Text(trigger, OverlapInput)));

    private static TimeZoneInfo Zoned(string? name)
    {
        if (name is null)
            return TimeZoneInfo.Utc;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone
            : throw new FormatException($"{TimeZoneInput} '{name}' is no time zone{NameSuggestion.For(name, TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id))}; write a name such as Europe/Berlin, or leave it out for UTC");
    }

    private static CronOverlap Overlapping(string? name) =>
        name is null ? CronOverlap.Skip
        : Enum.GetNames<CronOverlap>().FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known ? Enum.Parse<CronOverlap>(known)
        : throw new FormatException($"{OverlapInput} must be one of {string.Join(", ", Enum.GetNames<CronOverlap>())}, got '{name}'");

    // Read when the definition is published, where no instance is there yet to evaluate anything in.
    private static string? Text(IActivity trigger, string name)
    {
        if (trigger.SyntheticProperties.GetValueOrDefault(name) is not Input { Expression: { } expression })
            return null;
        if (expression.Type != "Literal")
            throw new FormatException($"{name} is a {expression.Type} expression; it must be a literal");
        return expression.Value?.ToString()?.Trim() is { Length: > 0 } text ? text : null;
    }
}

namespace FineTuneWorkflows.Server.Jobs;

/// <summary>
/// A job's place in the queue. More urgent runs go first; among those alike, runs that have begun before runs that have not, so that one is finished before the next is started; among those, the older
/// run. Quartz orders by a trigger's time alone, so a place is a time, always in the past: a step of urgency or of having begun is worth more than any run can wait.
/// </summary>
internal static class StageTurn
{
    // Three priorities, begun or not: six blocks of years before now.
    private const int YearsPerStep = 200;

    public static DateTimeOffset Of(RunPriority priority, bool hasBegun, DateTimeOffset created) =>
        created.AddYears(-YearsPerStep * (2 * (int)priority + (hasBegun ? 1 : 0)));
}

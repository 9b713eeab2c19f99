namespace FineTuneWorkflows.Server.Schedules;

/// <summary>What a Cron trigger does when it is due while the instance that it last started is still at work.</summary>
internal enum CronOverlap
{
    /// <summary>Starts nothing.</summary>
    Skip,

    /// <summary>Starts one instance once the other is done, however often it was due meanwhile.</summary>
    Queue,

    /// <summary>Starts another beside it.</summary>
    Allow,
}

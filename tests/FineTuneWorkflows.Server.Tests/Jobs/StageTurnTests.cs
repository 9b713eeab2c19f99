using FineTuneWorkflows.Server.Jobs;

namespace FineTuneWorkflows.Server.Tests.Jobs;

public class StageTurnTests
{
    private static readonly DateTimeOffset Early = new(2026, 2, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Late = Early.AddYears(3);

    [Fact]
    public void Urgency_counts_more_than_having_begun_and_that_more_than_age()
    {
        DateTimeOffset[] turns =
        [
            StageTurn.Of(RunPriority.High, true, Early), StageTurn.Of(RunPriority.High, true, Late), StageTurn.Of(RunPriority.High, false, Early),
            StageTurn.Of(RunPriority.Normal, true, Early), StageTurn.Of(RunPriority.Normal, true, Late), StageTurn.Of(RunPriority.Normal, false, Early), StageTurn.Of(RunPriority.Normal, false, Late),
            StageTurn.Of(RunPriority.Low, true, Early), StageTurn.Of(RunPriority.Low, false, Early),
        ];

        Assert.Equal(turns.Order(), turns);
    }

    [Fact]
    public void Every_place_is_in_the_past_so_that_no_job_waits_for_its_time() =>
        Assert.All(Enum.GetValues<RunPriority>(), p => Assert.True(StageTurn.Of(p, false, Early) <= Early));
}

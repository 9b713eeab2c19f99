using FineTuneWorkflows.Learning.Training;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class LearningRateScheduleTests
{
    [Fact]
    public void Linear_rises_to_the_peak_and_falls_in_a_straight_line() => Expect(
        [0.5, 1, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125], new() { LearningRate = 1, WarmupRatio = 0.2 });

    [Fact]
    public void Warmup_steps_take_the_place_of_the_ratio() => Expect(
        [0.25, 0.5, 0.75, 1, 1], new() { LearningRate = 1, WarmupRatio = 0.9, WarmupSteps = 4 });

    [Fact]
    public void Cosine_falls_along_half_a_cosine() => Expect(
        [2, 1 + Math.Cos(Math.PI * 0.25), 1, 1 + Math.Cos(Math.PI * 0.75)],
        new() { LearningRate = 2, WarmupRatio = 0, Schedule = ScheduleKind.Cosine });

    [Fact]
    public void Constant_stays() => Expect([1.5, 3, 3, 3], new() { LearningRate = 3, WarmupRatio = 0.5, Schedule = ScheduleKind.Constant });

    [Fact]
    public void Polynomial_falls_as_a_power_of_what_is_left() => Expect(
        [1, 0.5625, 0.25, 0.0625], new() { LearningRate = 1, WarmupRatio = 0, Schedule = ScheduleKind.Polynomial, SchedulePower = 2 });

    [Fact]
    public void A_single_step_learns_at_the_peak() => Expect([1], new() { LearningRate = 1, WarmupRatio = 0.1 });

    [Fact]
    public void A_warmup_longer_than_the_training_is_refused_by_name_and_value()
    {
        var exception = Assert.Throws<TrainingException>(() => new LearningRateSchedule(new() { WarmupSteps = 11 }, 10));
        Assert.StartsWith("WarmupSteps is 11, but the whole training has 10 steps", exception.Message, StringComparison.Ordinal);
    }

    private static void Expect(double[] expected, TrainingOptions options)
    {
        var schedule = new LearningRateSchedule(options, expected.Length);
        for (int step = 0; step < expected.Length; step++)
            Assert.Equal(expected[step], schedule.At(step), 1e-12);
    }
}

using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Execution;

/// <summary>A plan walks the graph as a run does: what it announces is what the run then does.</summary>
public sealed class PlanTests : IDisposable
{
    private readonly EngineFixture _fixture = new();

    [Fact]
    public async Task A_stage_passed_by_hands_on_what_a_stage_above_it_will_make() =>
        Assert.Equal(
            [
                "Execute not built before",
                "Skip its condition is false",
                "Depends `dataset` will be rebuilt by Read",
                "Depends `count` will be rebuilt by Count",
            ],
            await PlanAsync(TestPipelines.Build(TestPipelines.Chain(_fixture.Source, shout: new { condition = false })))
        );

    [Fact]
    public async Task Stages_below_one_that_may_fail_go_on_unless_they_need_what_it_makes()
    {
        var pipeline = Build(
            ["Read>Tell", "Tell>Count"],
            ("Read", "Test.Read", new { source = "nope", continueOnError = true }),
            ("Tell", "Test.Tell", new { }),
            ("Count", "Test.Count", new { })
        );

        var planned = await PlanAsync(pipeline);

        Assert.StartsWith("Fail parameter Source", planned[0], StringComparison.Ordinal);
        Assert.Equal(["Execute not built before", "Skip `dataset` will not be made, because Read would fail"], planned[1..]);
    }

    [Fact]
    public async Task Everything_below_a_stage_that_would_fail_says_which_one()
    {
        var pipeline = Build(
            ["Read>Tell", "Tell>More"],
            ("Read", "Test.Read", new { source = "nope" }),
            ("Tell", "Test.Tell", new { }),
            ("More", "Test.Tell", new { })
        );

        Assert.Equal(["Skip Read would fail", "Skip Read would fail"], (await PlanAsync(pipeline))[1..]);
    }

    [Fact]
    public async Task A_stage_waits_for_an_optional_input_that_will_be_rebuilt()
    {
        Pipeline Report(string text) =>
            Build(
                ["Read>Count", "Count>Report", "Extra>Report"],
                ("Read", "Test.Read", new { source = _fixture.Source }),
                ("Extra", "Test.Extra", new { text }),
                ("Count", "Test.Count", new { }),
                ("Report", "Test.Report", new { })
            );
        await _fixture.RunAsync(Report("more"));

        Assert.Equal(
            ["Reuse up to date", "Execute Text changed more -> less", "Reuse up to date", "Depends `extra` will be rebuilt by Extra"],
            await PlanAsync(Report("less"))
        );
    }

    public static TheoryData<bool, bool, bool, bool, bool> Flags
    {
        get
        {
            var rows = new TheoryData<bool, bool, bool, bool, bool>();
            for (var bits = 0; bits < 32; bits++)
            {
                rows.Add((bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0, (bits & 8) > 0, (bits & 16) > 0);
            }

            return rows;
        }
    }

    [Theory, MemberData(nameof(Flags))]
    public async Task A_run_does_what_its_plan_says(bool fails, bool mayFail, bool shouts, bool counts, bool tells)
    {
        var pipeline = Build(
            ["Read>Shout", "Shout>Tell", "Tell>Count", "Count>Report"],
            ("Read", "Test.Read", new { source = fails ? "nope" : _fixture.Source, continueOnError = mayFail }),
            ("Shout", "Test.Shout", new { condition = shouts }),
            ("Tell", "Test.Tell", new { condition = tells }),
            ("Count", "Test.Count", new { condition = counts }),
            ("Report", "Test.Report", new { })
        );

        var planned = await _fixture.PlanAsync(pipeline);
        var run = await _fixture.RunAsync(pipeline);

        Assert.Equal(
            run.Stages.Select(s => $"{s.Stage.Name} {s.Result.Outcome}"),
            planned.Select(p =>
                $"{p.Stage.Name} {p.Action switch
                {
                    PlannedAction.Execute or PlannedAction.Depends => StageOutcome.Executed,
                    PlannedAction.Fail => StageOutcome.Failed,
                    PlannedAction.Skip => StageOutcome.Skipped,
                    _ => StageOutcome.UpToDate,
                }}"
            )
        );
        Assert.Equal(Skipped(run), Skipped(planned));
    }

    public void Dispose() => _fixture.Dispose();

    // In the past tense: a plan says what would happen, a run what happened.
    private static string[] Skipped(IReadOnlyList<PlannedStage> planned) =>
        [
            .. planned
                .Where(p => p.Action == PlannedAction.Skip)
                .Select(p =>
                    p.Reason.Replace("will not be made", "was not made", StringComparison.Ordinal)
                        .Replace("would fail", "failed", StringComparison.Ordinal)
                        .Replace("is skipped", "was skipped", StringComparison.Ordinal)
                ),
        ];

    private static string[] Skipped(RunResult run) =>
        [.. run.Stages.Where(s => s.Result.Outcome == StageOutcome.Skipped).Select(s => s.Result.Reason)];

    private static Pipeline Build(string[] edges, params (string Name, string Type, object Settings)[] stages) =>
        TestPipelines.Build(TestPipelines.Json(stages, edges));

    private async Task<string[]> PlanAsync(Pipeline pipeline) =>
        [.. (await _fixture.PlanAsync(pipeline)).Select(step => $"{step.Action} {step.Reason}")];
}

using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Journals;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Execution;

public class RunSessionTests
{
    private const string RunId = "20260101-000000000-abcd";

    [Fact]
    public async Task Stages_ordered_by_a_host_are_journaled_across_sessions_and_known_to_the_local_runner()
    {
        using var fixture = new EngineFixture();
        var pipeline = TestPipelines.Build(TestPipelines.Chain(fixture.Source));
        using (var engine = Engine.Open(fixture.Home, fixture.Probe))
        {
            var walk = new GraphWalk();
            foreach (var stage in pipeline.Stages)
            {
                using var session = Open(fixture);
                var step = walk.Next(stage.Node, stage.Stage.Condition);
                Assert.Null(step.SkipReason);
                var result = await session.ExecuteAsync(engine.Executor, new("test", RunId, stage, step.Inputs, "/"), CancellationToken.None);
                walk.Settle(stage.Node, true, false, result);
            }

            using var last = Open(fixture);
            last.Finish(RunStatus.Succeeded, []);
        }

        var events = RunJournal.Read(RunJournal.PathOf(fixture.Home, RunId)).Select(e => e.Event).ToList();
        var local = await fixture.RunAsync(pipeline);

        Assert.Single(events.OfType<RunStarted>());
        Assert.Equal(["Read", "Shout", "Count", "Report"], events.OfType<StageFinished>().Select(e => e.StageId));
        Assert.Equal(RunStatus.Succeeded, Assert.IsType<RunFinished>(events[^1]).Status);
        Assert.True(File.Exists(Path.Combine(fixture.Home.Runs, RunId, "summary.json")));
        Assert.Equal("Read:up-to-date Shout:up-to-date Count:up-to-date Report:up-to-date", local.Outcomes());
    }

    [Fact]
    public async Task An_attempt_that_lost_its_turn_commits_nothing()
    {
        using var fixture = new EngineFixture();
        var read = TestPipelines.Build(TestPipelines.Chain(fixture.Source)).Stages[0];
        using var engine = Engine.Open(fixture.Home, fixture.Probe);
        using var session = Open(fixture);

        var result = await session.ExecuteAsync(
            engine.Executor, new("test", RunId, read, new Dictionary<string, Pipelines.Contract.Artifact>(), "/") { Fence = () => throw new StageException("another worker has taken over") }, CancellationToken.None);

        Assert.Equal(StageOutcome.Failed, result.Outcome);
        Assert.Equal("another worker has taken over", result.Reason);
        Assert.Equal(["Read"], fixture.Probe.Executed);
        Assert.Empty(engine.Artifacts.Digests());
        Assert.Empty(engine.Records.All());
    }

    [Fact]
    public async Task What_is_known_is_found_without_executing_anything_and_the_rest_is_left_to_the_executor()
    {
        using var fixture = new EngineFixture();
        var read = TestPipelines.Build(TestPipelines.Chain(fixture.Source)).Stages[0];
        using var engine = Engine.Open(fixture.Home, fixture.Probe);
        var request = new StageRequest("test", RunId, read, new Dictionary<string, Pipelines.Contract.Artifact>(), "/");
        Task<StageResult?> Find(StageRequest asked) => engine.Executor.TryReuseAsync(asked, TimeSpan.FromMinutes(1), CancellationToken.None);

        Assert.Null(await Find(request));
        Assert.Empty(fixture.Probe.Executed);
        var executed = await engine.Executor.ExecuteAsync(request, _ => { }, CancellationToken.None);
        var found = await Find(request);

        Assert.Equal((StageOutcome.UpToDate, executed.Fingerprint), (found!.Outcome, found.Fingerprint));
        Assert.Equal(executed.Artifacts, found.Artifacts);
        Assert.Null(await Find(request with { Force = true }));
        // Wrong, and so the executor's to tell.
        File.Delete(fixture.Source);
        Assert.Null(await Find(request));
        Assert.Equal(["Read"], fixture.Probe.Executed);
    }

    [Fact]
    public void A_session_that_cannot_be_opened_leaves_the_run_to_the_next()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var fixture = new EngineFixture();
        Open(fixture).Dispose();
        var path = Path.Combine(fixture.Home.Locks, $"run-{RunId}.lock");
        File.Delete(path);
        File.CreateSymbolicLink(path, path);
        Assert.Throws<IOException>(() => Open(fixture));
        File.Delete(path);
        Open(fixture).Dispose();
        Assert.Single(RunJournal.Read(RunJournal.PathOf(fixture.Home, RunId)));
    }

    private static RunSession Open(EngineFixture fixture) => RunSession.Open(fixture.Home, RunId, "test", "Test", new Dictionary<string, object?> { ["Epochs"] = 3 }, []);
}

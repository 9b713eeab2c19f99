using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Graphs;

public class WiringAndBindingTests
{
    [Fact]
    public void Wiring_sees_through_activities_that_are_no_stages_and_needs_no_parameters()
    {
        var definition = TestPipelines.Read(TestPipelines.Json(
            [("Read", "Test.Read", new { }), ("If", "Elsa.FlowDecision", new { }), ("Shout", "Test.Shout", new { }), ("Count", "Test.Count", new { start = "js:1" })],
            ["Read>If", "If>Shout", "Shout>Count"]));

        var wired = PipelineBuilder.Wire(definition, TestPipelines.Catalog);

        Assert.Equal(["Read", "Shout", "Count"], wired.Select(w => w.Name));
        Assert.Equal(["Read"], wired[1].Predecessors);
        Assert.Equal("Shout", wired[2].Producers["dataset"]);
    }

    [Fact]
    public void Wiring_refuses_an_artifact_that_nobody_makes()
    {
        var definition = TestPipelines.Read(TestPipelines.Json([("Count", "Test.Count", new { })], []));

        Assert.Contains("needs `dataset`", Assert.Throws<DefinitionException>(() => PipelineBuilder.Wire(definition, TestPipelines.Catalog)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluated_values_are_bound_with_all_checks_and_all_problems_are_told()
    {
        var count = TestPipelines.Catalog.Find("Test.Count")!;

        var stage = (CountStage)StageBinding.Bind(count, new Dictionary<string, object?> { ["start"] = "7", ["shade"] = "dark", ["words"] = new[] { "a", "b" }, ["limit"] = null }, "w", "Count");
        var problems = Assert.Throws<DefinitionException>(() => StageBinding.Bind(
            count, new Dictionary<string, object?> { ["start"] = "ten", ["factor"] = 3, ["strat"] = 1 }, "w", "Count")).Problems;

        Assert.Equal((7, Shade.Dark, 2), (stage.Start, stage.Shade, stage.Words.Count));
        Assert.Equal(3, problems.Count);
        Assert.Contains(problems, p => p.ToString().Contains("parameter Start: wants a whole number, got 'ten'", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.ToString().Contains("did you mean Start?", StringComparison.Ordinal));
    }

    [Fact]
    public void A_required_parameter_without_a_value_is_refused()
    {
        var problem = Assert.Throws<DefinitionException>(() => StageBinding.Bind(TestPipelines.Catalog.Find("Test.Read")!, new Dictionary<string, object?>(), "w", "Read"));

        Assert.Contains("stage Read: parameter Source: is required", problem.Message, StringComparison.Ordinal);
    }
}

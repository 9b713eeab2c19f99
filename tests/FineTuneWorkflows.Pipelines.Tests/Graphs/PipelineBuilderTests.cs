using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Graphs;

public class PipelineBuilderTests
{
    private static readonly (string, string, object) Read = ("Read", "Test.Read", new { source = "x" });
    private static readonly (string, string, object) Shout = ("Shout", "Test.Shout", new { });
    private static readonly (string, string, object) Count = ("Count", "Test.Count", new { });
    private static readonly (string, string, object) Report = ("Report", "Test.Report", new { });

    [Fact]
    public void Stages_find_their_inputs_by_name_upstream()
    {
        var pipeline = TestPipelines.Build(TestPipelines.Chain("x"));
        Assert.Equal(["Read", "Shout", "Count", "Report"], pipeline.Stages.Select(s => s.Name));
        Assert.Equal("Read", pipeline.Find("Shout")!.Producers["dataset"]);
        Assert.Equal("Shout", pipeline.Find("Count")!.Producers["dataset"]);
        Assert.DoesNotContain("extra", pipeline.Find("Report")!.Producers.Keys);
    }

    [Fact]
    public void The_order_of_the_file_does_not_matter_but_the_connections_do()
    {
        var pipeline = TestPipelines.Build(TestPipelines.Json([Report, Count, Read], ["Read>Count", "Count>Report"]));
        Assert.Equal(["Read", "Count", "Report"], pipeline.Stages.Select(s => s.Name));
    }

    [Fact]
    public void A_shortcut_past_a_transforming_stage_still_gets_the_transformed_version()
    {
        var pipeline = TestPipelines.Build(TestPipelines.Json([Read, Shout, Count], ["Read>Shout", "Shout>Count", "Read>Count"]));
        Assert.Equal("Shout", pipeline.Find("Count")!.Producers["dataset"]);
    }

    [Fact]
    public void A_cycle_is_named_stage_by_stage()
    {
        var problem = TestPipelines.ProblemsOf(() => TestPipelines.Build(TestPipelines.Json([Read, Shout, Count, Report], ["Read>Shout", "Shout>Count", "Count>Report", "Report>Shout"])));
        Assert.Contains("the stages Shout -> Count -> Report -> Shout form a cycle", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_connected_to_itself_is_a_cycle() =>
        Assert.Contains("Shout -> Shout", TestPipelines.ProblemsOf(() => TestPipelines.Build(TestPipelines.Json([Read, Shout], ["Read>Shout", "Shout>Shout"]))), StringComparison.Ordinal);

    [Fact]
    public void An_unknown_stage_type_is_named_with_what_may_have_been_meant() =>
        Assert.Contains(
            "test.json: stage T: there is no stage type FineTune.Tokenise",
            TestPipelines.ProblemsOf(() => TestPipelines.Build(TestPipelines.Json([("T", "FineTune.Tokenise", new { })], []))), StringComparison.Ordinal);

    [Fact]
    public void An_activity_that_is_no_stage_is_sent_to_the_server() =>
        Assert.Contains(
            "stage If1: Elsa.If is no stage; run this definition on the server",
            TestPipelines.ProblemsOf(() => TestPipelines.Build(TestPipelines.Json([Read, ("If1", "Elsa.If", new { })], ["Read>If1"]))), StringComparison.Ordinal);

    [Fact]
    public void Triggers_are_ignored_with_a_note_and_order_passes_through_them()
    {
        var pipeline = TestPipelines.Build(TestPipelines.Json(
            [("Nightly", "Elsa.Cron", new { cronExpression = "0 0 2 * * *", timeZone = "Europe/Berlin", overlap = "Queue" }), Read, ("Join", "Elsa.FlowJoin", new { }), Count], ["Nightly>Read", "Read>Join", "Join>Count"]));
        Assert.Equal(["Read"], pipeline.Find("Count")!.Predecessors);
        Assert.Equal("the trigger Nightly (Elsa.Cron) is ignored here; the server starts it", Assert.Single(pipeline.Notes));
    }

    [Fact]
    public void An_artifact_that_nobody_makes_is_refused() =>
        Assert.Equal(
            "test.json: stage Report: needs `count`, which no stage above it makes",
            TestPipelines.ProblemsOf(() => TestPipelines.Build(TestPipelines.Json([Read, Report, Count], ["Read>Report", "Report>Count"]))));

    [Fact]
    public void Two_producers_on_one_path_are_refused() =>
        Assert.Contains(
            "stage Read2: makes `dataset`, which Read above it makes already",
            TestPipelines.ProblemsOf(() => TestPipelines.Build(TestPipelines.Json([Read, ("Read2", "Test.Read", new { source = "y" })], ["Read>Read2"]))), StringComparison.Ordinal);

    [Fact]
    public void Two_producers_that_meet_in_a_consumer_are_refused() =>
        Assert.Contains(
            "stage Count: gets `dataset` from more than one stage: Read and Read2",
            TestPipelines.ProblemsOf(() => TestPipelines.Build(TestPipelines.Json([Read, ("Read2", "Test.Read", new { source = "y" }), Count], ["Read>Count", "Read2>Count"]))), StringComparison.Ordinal);

    [Fact]
    public void A_stage_connected_to_nothing_is_refused() =>
        Assert.Contains(
            "stage Lonely: is not connected to the other stages",
            TestPipelines.ProblemsOf(() => TestPipelines.Build(TestPipelines.Json([Read, Count, ("Lonely", "Test.Read", new { source = "y" })], ["Read>Count"]))), StringComparison.Ordinal);

    [Theory]
    [InlineData("strat", 5, "Test.Count has no parameter strat; did you mean Start?")]
    [InlineData("start", "ten", "parameter Start: wants a whole number, got 'ten'")]
    [InlineData("start", 101, "parameter Start: must lie in 0..100, got 101")]
    [InlineData("start", -1, "parameter Start: must lie in 0..100, got -1")]
    [InlineData("factor", 1.5, "parameter Factor: must lie in 0..1, got 1.5")]
    [InlineData("shade", "Grey", "parameter Shade: wants one of the names (Light, Dark), got 'Grey'")]
    [InlineData("shade", 1, "parameter Shade: wants one of the names (Light, Dark), got 1")]
    [InlineData("token", "hunter2", "parameter Token: is a secret: write an environment reference such as ${env:TOKEN}")]
    [InlineData("start", "mistyped:1", "parameter Start: unknown expression type 'Literla'; did you mean Literal?; a Literal, Object, Variable or Input can stand here")]
    [InlineData("start", "js:1+1", "parameter Start: is a JavaScript expression, which only the server evaluates; here a Literal, Object, Variable or Input can stand")]
    [InlineData("start", "$Nope", "parameter Start: refers to the variable Nope, which the definition does not declare")]
    public void A_wrong_parameter_names_stage_parameter_value_and_cure(string name, object value, string message)
    {
        var json = TestPipelines.Chain("x", count: new { placeholder = value }).Replace("\"placeholder\"", $"\"{name}\"", StringComparison.Ordinal);
        Assert.Contains("test.json: stage Count: " + message, TestPipelines.ProblemsOf(() => TestPipelines.Build(json)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_out_of_range_says_which_property_it_came_from()
    {
        var json = TestPipelines.Chain("x", count: new { start = "$Epochs" }, variables: [("Epochs", "Int32", "3")]);
        Assert.Equal(
            "test.json: stage Count: parameter Start: must lie in 0..100, got -1 (from property Epochs)",
            TestPipelines.ProblemsOf(() => TestPipelines.Build(json, "/", ("Epochs", "-1"))));
    }

    [Fact]
    public void A_required_parameter_that_is_not_set_is_refused() =>
        Assert.Equal(
            "test.json: stage Read: parameter Source: is required and has no value",
            TestPipelines.ProblemsOf(() => TestPipelines.Build(TestPipelines.Json([("Read", "Test.Read", new { })], []))));

    [Fact]
    public void Parameters_that_contradict_each_other_are_refused() =>
        Assert.Contains("Start and Shade: over 90 it must be Light", TestPipelines.ProblemsOf(() => TestPipelines.Build(TestPipelines.Chain("x", count: new { start = 95, shade = "Dark" }))), StringComparison.Ordinal);

    [Fact]
    public void Parameters_take_their_kinds()
    {
        var stage = (CountStage)TestPipelines.Build(TestPipelines.Chain("x", count: new { start = "7", factor = 1, shade = "dark", words = "a, b", limit = 3, token = "${env:T}", timeout = "00:00:05" })).Find("Count")!.Stage;
        Assert.Equal((7, 1.0, Shade.Dark, 3, "${env:T}", TimeSpan.FromSeconds(5)), (stage.Start, stage.Factor, stage.Shade, stage.Limit!.Value, stage.Token, stage.Timeout));
        Assert.Equal(["a", "b"], stage.Words);
    }

    [Fact]
    public void A_target_brings_what_it_depends_on_and_nothing_else()
    {
        var pipeline = TestPipelines.Build(TestPipelines.Json([Read, Count, Report, ("Other", "Test.Shout", new { })], ["Read>Count", "Count>Report", "Read>Other"]));
        Assert.Equal(["Read", "Count"], pipeline.WithTargets(["count"]).Stages.Select(s => s.Name));
        Assert.Equal(["Read", "Other"], pipeline.WithTargets(["Shout"]).Stages.Select(s => s.Name));
        Assert.Equal(["Read", "Count"], pipeline.UpTo(pipeline.Find("Count")!.Descriptor.Produces[0]).Stages.Select(s => s.Name));
        Assert.Same(pipeline, pipeline.UpTo("nothing"));
        Assert.Contains("there is no stage Cuont; did you mean Count?", TestPipelines.ProblemsOf(() => pipeline.WithTargets(["Cuont"])), StringComparison.Ordinal);
    }
}

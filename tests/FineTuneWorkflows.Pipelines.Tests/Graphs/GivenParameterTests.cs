using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Graphs;

public sealed class GivenParameterTests
{
    private static readonly string Definition = TestPipelines.Json(
        [("Read", "Test.Read", new { source = "$Data" }), ("Louder", "Test.Shout", new { mark = "?" }), ("Loudest", "Test.Shout", new { }), ("Count", "Test.Count", new { start = "js:1", factor = "$Share" })],
        ["Read>Louder", "Louder>Loudest", "Loudest>Count"],
        ("Data", "String", "a.txt"), ("Share", "Double", "0.25"), ("Dotted.Name", "String", "x"));

    [Theory]
    [InlineData("Count.Start")]
    [InlineData("count.start")]
    [InlineData("Test.Count.Start")]
    public void A_parameter_is_named_by_its_stage_s_name_or_type_whatever_the_case(string name)
    {
        var stage = Stage<CountStage>(Build((name, "7")), "Count");

        // What the definition sets, an expression that only the server evaluates, does not count any more.
        Assert.Equal(7, stage.Start);
    }

    [Fact]
    public void The_stage_of_that_name_counts_before_those_of_that_type()
    {
        var definition = TestPipelines.Json(
            [("Read", "Test.Read", new { source = "a" }), ("Shout", "Test.Shout", new { }), ("Other", "Test.Shout", new { })], ["Read>Shout", "Shout>Other"]);

        var pipeline = TestPipelines.Build(definition, "/", ("Shout.Mark", "*"));

        Assert.Equal(("*", "!"), (Stage<ShoutStage>(pipeline, "Shout").Mark, Stage<ShoutStage>(pipeline, "Other").Mark));
    }

    [Fact]
    public void The_last_value_counts_however_the_stage_is_named() =>
        Assert.Equal("c", Stage<ShoutStage>(Build(("Louder.Mark", "a"), ("Louder.mark", "b"), ("louder.Mark", "c"), ("Count.Start", "1")), "Louder").Mark);

    [Fact]
    public void A_parameter_counts_more_than_the_property_that_the_definition_sets_it_to()
    {
        var pipeline = Build(("Share", "0.5"), ("Count.Factor", "0.75"), ("Count.Start", "1"));

        Assert.Equal(0.75, Stage<CountStage>(pipeline, "Count").Factor);
    }

    [Fact]
    public void Paths_count_from_where_they_were_given_and_those_of_the_definition_from_its_own_folder()
    {
        var definition = TestPipelines.Read(Definition, "/there");
        var values = PropertyValues.Bind(definition, Given(("Read.Source", "b.txt"), ("Count.Start", "1")), "/here");

        var read = PipelineBuilder.Build(definition, TestPipelines.Catalog, values).Find("Read")!;

        Assert.Equal(("b.txt", "/here"), (((ReadStage)read.Stage).Source, read.Folders["Source"]));
        Assert.Equal(["Source"], read.GivenByName);
    }

    [Fact]
    public void What_the_user_gave_is_known_apart_from_what_the_definition_sets()
    {
        var pipeline = Build(("Share", "0.5"), ("Count.Start", "1"));

        Assert.Equal(["Factor", "Start"], pipeline.Find("Count")!.Given.Order(StringComparer.Ordinal));
        Assert.Equal(["Start"], pipeline.Find("Count")!.GivenByName);
        Assert.Empty(pipeline.Find("Read")!.Given);
    }

    [Fact]
    public void A_property_whose_own_name_has_a_dot_is_a_property() => Assert.Equal("y", Build(("Dotted.Name", "y"), ("Count.Start", "1")).Properties.Find("Dotted.Name")!.Value);

    [Theory]
    [InlineData("Cuont.Start", "Cuont.Start: there is no property of that name, and no stage Cuont; did you mean Count? (the stages are Read, Louder, Loudest, Count)")]
    [InlineData("Shout.Mark", "Shout.Mark: 2 stages are of the type Shout; name one: -p Louder.Mark=... or -p Loudest.Mark=...")]
    [InlineData("Louder.Mrak", "stage Louder: Test.Shout has no parameter Mrak; did you mean Mark? `finetune stages Shout` lists them")]
    [InlineData("Louder.Mark", "stage Louder: parameter Mark: ")]
    [InlineData("Count.Factor", "stage Count: parameter Factor: wants a number, got 'louder than allowed' (from Count.Factor)")]
    [InlineData("Count.Token", "stage Count: parameter Token: is a secret: write an environment reference such as ${env:TOKEN}, not the value itself")]
    public void What_cannot_be_told_or_does_not_fit_is_refused_before_anything_runs(string name, string message)
    {
        var problem = TestPipelines.ProblemsOf(() => Build((name, "louder than allowed"), ("Count.Start", "1")));

        Assert.Contains("test.json: " + message, problem, StringComparison.Ordinal);
        if (name == "Count.Token")
            Assert.DoesNotContain("louder", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_activity_that_is_no_stage_has_no_parameters_to_give()
    {
        var definition = TestPipelines.Json([("Night", "Elsa.Cron", new { }), ("Read", "Test.Read", new { source = "a" })], ["Night>Read"]);

        Assert.Contains("Night.CronExpression: Night is an Elsa.Cron, which is no stage", TestPipelines.ProblemsOf(() => TestPipelines.Build(definition, "/", ("Night.CronExpression", "x"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_no_property_but_a_parameter_is_told_with_the_line_to_type()
    {
        var definition = TestPipelines.Read(Definition);

        string Problem(string name, string value) =>
            Assert.Throws<DefinitionException>(() => PropertyValues.Bind(definition, Given((name, value)), "/", TestPipelines.Catalog)).Message;

        Assert.Contains("there is no property mark, but stages have a parameter of that name: write -p Louder.Mark=* or -p Loudest.Mark=*", Problem("mark", "*"), StringComparison.Ordinal);
        Assert.Contains("write -p Count.Token=${env:NAME}", Problem("Token", "hunter2"), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", Problem("Token", "hunter2"), StringComparison.Ordinal);
    }

    private static Pipeline Build(params (string Name, object? Value)[] given) => TestPipelines.Build(Definition, "/", given);

    private static T Stage<T>(Pipeline pipeline, string name) where T : Stage => (T)pipeline.Find(name)!.Stage;

    private static IEnumerable<KeyValuePair<string, object?>> Given(params (string Name, string Value)[] given) => given.Select(g => KeyValuePair.Create(g.Name, (object?)g.Value));
}

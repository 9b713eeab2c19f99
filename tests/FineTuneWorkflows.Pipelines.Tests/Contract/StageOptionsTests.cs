using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using FineTuneWorkflows.Foundation.Parameters;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Fingerprints;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Contract;

/// <summary>Options that are declared where they are used, and that a stage takes as they are.</summary>
public class StageOptionsTests
{
    private static readonly StageDescriptor Descriptor = StageDescriptor.Of(typeof(PaintStage));

    [Fact]
    public void They_are_parameters_of_the_stage_in_their_order_but_for_those_left_out() =>
        Assert.Equal(["Before", "Coats", "Shade", "After", "Condition", "ContinueOnError", "Retries", "RetryDelay", "Timeout"], Descriptor.Parameters.Select(p => p.Name));

    [Fact]
    public void Their_range_default_and_description_are_those_of_the_options()
    {
        var coats = Descriptor.Parameter("coats")!;
        Assert.Equal(("Layers of paint.", 3, "1..9", false), (coats.Description, coats.DefaultValue, coats.Constraint, coats.AffectsResult));
    }

    [Fact]
    public void A_value_reaches_the_options_of_its_stage_and_of_no_other()
    {
        var stage = Bind(("coats", 5));
        Assert.Equal(5, stage.Paint.Coats);
        Assert.Equal(3, ((PaintStage)Descriptor.Create()).Paint.Coats);
        Assert.Contains("must lie in 1..9, got 10", Assert.Throws<DefinitionException>(() => Bind(("coats", 10))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Auto\"", null, "Auto")]
    [InlineData("\"auto\"", null, "Auto")]
    [InlineData("\"\"", null, "Auto")]
    [InlineData("null", null, "Auto")]
    [InlineData("\"dark\"", Shade.Dark, "Dark")]
    public void No_value_can_have_a_name_which_definitions_and_records_use(string json, Shade? value, string text)
    {
        var stage = Bind(("shade", JsonDocument.Parse(json).RootElement.Clone()));
        Assert.Equal(value, stage.Paint.Shade);
        Assert.Equal(text, Descriptor.Parameter("Shade")!.TextOf(stage));
        Assert.Equal(text, FingerprintDocument.Of(Descriptor, stage, new Dictionary<string, string>(), new Dictionary<string, string>()).Parameters["Shade"]);
    }

    [Fact]
    public void The_name_of_no_value_is_among_those_allowed()
    {
        var shade = Descriptor.Parameter("Shade")!;
        Assert.Equal(["Auto", "Light", "Dark"], shade.AllowedValues);
        Assert.Equal("Auto", shade.DefaultText);
        Assert.Contains("(Auto, Light, Dark), got 'Pink'", Assert.Throws<DefinitionException>(() => Bind(("shade", "Pink"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_choice_that_may_be_empty_has_a_name_for_no_value() =>
        Assert.Throws<ArgumentException>(() => StageDescriptor.Of(typeof(NamelessStage)).Parameters);

    private static PaintStage Bind(params (string Name, object? Value)[] values) => (PaintStage)StageBinding.Bind(Descriptor, values.ToDictionary(v => v.Name, v => v.Value), "a.json", "Paint");

    private sealed record PaintOptions
    {
        [Parameter("Layers of paint.", AffectsResult = false), Range(1, 9)]
        public int Coats { get; init; } = 3;

        [Parameter("What this stage does not offer.")]
        public int Brushes { get; init; } = 1;

        [Parameter("How dark it is; Auto goes by the wall.", Absent = "Auto")]
        public Shade? Shade { get; init; }

        public int NoParameter { get; init; }
    }

    [Stage("Test.Paint", Version = 1, Description = "Paints.")]
    private sealed record PaintStage : Stage
    {
        [Parameter("Stands before the options.")]
        public int Before { get; init; }

        [Parameters(Except = [nameof(PaintOptions.Brushes)])]
        public PaintOptions Paint { get; init; } = new();

        [Parameter("Stands after them.")]
        public int After { get; init; }

        public override Task RunAsync(StageContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Stage("Test.Nameless", Version = 1, Description = "Has a name for no value of a number.")]
    private sealed record NamelessStage : Stage
    {
        [Parameter("A number.", Absent = "Auto")]
        public int? Number { get; init; }

        public override Task RunAsync(StageContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

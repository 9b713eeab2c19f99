using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Tests.Support;

namespace FineTuneWorkflows.Pipelines.Tests.Definitions;

public class PropertyValuesTests
{
    private static readonly WorkflowDefinition Definition = TestPipelines.Read(TestPipelines.Chain(
        "x", variables: [("Epochs", "Int32", "3"), ("Rate", "Double", "2e-5"), ("Fast", "Boolean", "true"), ("Wait", "TimeSpan", "00:01:00"), ("Name", "String", "a")]));

    [Fact]
    public void Defaults_stand_where_nothing_is_given() => Assert.Equal([3, 2e-5, true, TimeSpan.FromMinutes(1), "a"], Bind().All.Values.Select(v => v.Value));

    [Fact]
    public void A_given_value_is_typed_and_counts_paths_from_its_own_folder()
    {
        var value = Bind(("epochs", "5")).Find("Epochs")!;
        Assert.Equal((5, true, "/here"), ((int)value.Value!, value.IsGiven, value.Folder));
    }

    [Theory]
    [InlineData("Epochs", "ten", "property Epochs wants a whole number, got 'ten'")]
    [InlineData("Epochs", "1.5", "property Epochs wants a whole number, got '1.5'")]
    [InlineData("Epochs", "99999999999", "property Epochs wants a whole number, got '99999999999'")]
    [InlineData("Rate", "fast", "property Rate wants a number, got 'fast'")]
    [InlineData("Rate", "NaN", "property Rate wants a number, got 'NaN'")]
    [InlineData("Fast", "yes", "property Fast wants true or false, got 'yes'")]
    [InlineData("Wait", "10", "property Wait wants a duration such as 00:10:00, got '10'")]
    [InlineData("Epoch", "3", "there is no property Epoch; did you mean Epochs? (it has Epochs, Rate, Fast, Wait, Name)")]
    public void A_wrong_name_or_value_is_refused(string name, string value, string message) =>
        Assert.Equal("test.json: " + message, Assert.Throws<DefinitionException>(() => Bind((name, value))).Message);

    [Fact]
    public void All_problems_are_told_at_once() =>
        Assert.Equal(2, Assert.Throws<DefinitionException>(() => Bind(("Epochs", "x"), ("Nope", "y"))).Problems.Count);

    private static PropertyValues Bind(params (string Name, string Value)[] given) =>
        PropertyValues.Bind(Definition, given.Select(g => KeyValuePair.Create(g.Name, (object?)g.Value)), "/here");
}

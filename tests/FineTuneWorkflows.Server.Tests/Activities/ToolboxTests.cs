using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Activities;

public class ToolboxTests(SharedServer shared)
{
    [Fact]
    public async Task Every_stage_is_in_the_toolbox_with_its_parameters_as_proper_fields()
    {
        var toolbox = (await shared.Client.GetAsync("/elsa/api/descriptors/activities"))["items"]!.AsArray();
        var work = toolbox.Single(a => a!["typeName"]!.GetValue<string>() == "Test.Work")!;
        var inputs = work["inputs"]!.AsArray().ToDictionary(i => i!["name"]!.GetValue<string>(), i => i!);

        Assert.Equal(3, toolbox.Count(a => a!["category"]!.GetValue<string>() == "Fine-tuning"));
        Assert.Equal("Works in steps, with a checkpoint after each.", work["description"]!.GetValue<string>());
        Assert.Equal("finetune-number", inputs["Steps"]["uiHint"]!.GetValue<string>());
        Assert.Equal("How many steps. Range: 1..1000. Default: 1.", inputs["Steps"]["description"]!.GetValue<string>());
        Assert.Equal(1000, inputs["Steps"]["uiSpecifications"]!["finetune-number"]!["maximum"]!.GetValue<double>());
        Assert.Equal("checkbox", inputs["Loud"]["uiHint"]!.GetValue<string>());
        Assert.Equal("dropdown", inputs["Shade"]["uiHint"]!.GetValue<string>());
        Assert.Contains("Dark", inputs["Shade"]["uiSpecifications"]!["dropdown"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("multitext", inputs["Words"]["uiHint"]!.GetValue<string>());
        Assert.Equal("Int32?", inputs["Limit"]["typeName"]!.GetValue<string>());
        Assert.True(inputs["Steps"]["order"]!.GetValue<double>() < inputs["Rate"]["order"]!.GetValue<double>());
        Assert.Equal("multiline", toolbox.Single(a => a!["typeName"]!.GetValue<string>() == "Test.Make")!["inputs"]!.AsArray().Single(i => i!["name"]!.GetValue<string>() == "Text")!["uiHint"]!.GetValue<string>());
    }
}

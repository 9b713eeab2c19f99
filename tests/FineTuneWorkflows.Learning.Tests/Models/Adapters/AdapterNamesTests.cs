using System.Text.Json;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;

namespace FineTuneWorkflows.Learning.Tests.Models.Adapters;

/// <summary>adapter_config.json names the layers so that PEFT, which looks for them in the head too, finds those that have adapters, and no others.</summary>
public class AdapterNamesTests
{
    [Fact]
    public void Ends_of_names_where_they_tell_the_layers_apart() => Assert.Equal(
        ["dense", "key", "query", "value"], Targets(ModelTask.TokenClassification, LoraOptions.AllLinear));

    [Fact]
    public void Whole_names_where_the_head_has_layers_that_are_called_so()
    {
        // cls.predictions.transform.dense is no target.
        string[] targets = Targets(ModelTask.MaskedLanguageModeling, "dense");
        Assert.Equal(6, targets.Length);
        Assert.All(targets, name => Assert.StartsWith("bert.encoder.layer.", name, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_that_were_asked_for_stay() => Assert.Equal(["attention.output.dense", "query"], Targets(ModelTask.MaskedLanguageModeling, "query", "attention.output.dense"));

    private static string[] Targets(ModelTask task, params string[] names)
    {
        using var folder = new TemporaryFolder();
        string[] labels = task == ModelTask.TokenClassification ? ["O", "B"] : [];
        using (LanguageModel model = LanguageModel.Create(ToyData.Config, task, labels, seed: 1))
            model.Save(folder["base"]);
        using LanguageModel adapted = LanguageModel.FromPretrained(folder["base"], task, labels, new StructureOptions { Lora = new LoraOptions { TargetModules = names } });
        adapted.SaveAdapter(folder["adapter"], new AdapterBase(folder["base"]));
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(folder["adapter", "adapter_config.json"]));
        return [.. config.RootElement.GetProperty("target_modules").EnumerateArray().Select(name => name.GetString()!)];
    }
}

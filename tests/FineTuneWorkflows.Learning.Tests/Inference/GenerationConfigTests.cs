using System.Text.Json;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Tests.Support;

namespace FineTuneWorkflows.Learning.Tests.Inference;

public sealed class GenerationConfigTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public GenerationConfigTests()
    {
        Directory.CreateDirectory(folder["base"]);
        Directory.CreateDirectory(folder["model"]);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"temperature":0.6}""")]
    [InlineData("""{"eos_token_id":null}""")]
    [InlineData("""{"eos_token_id":7}""", 7)]
    [InlineData("""{"eos_token_id":[128001,128008,128009]}""", 128001, 128008, 128009)]
    public void The_tokens_that_end_a_text_are_none_one_or_a_list(string json, params int[] expected)
    {
        Write("base", json);
        Assert.Equal(expected, GenerationConfig.Read(folder["base"])!.EndTokenIds);
    }

    [Fact]
    public void A_folder_without_the_file_says_nothing() => Assert.Null(GenerationConfig.Read(folder["base"]));

    [Theory]
    [InlineData("""{"eos_token_id":"</s>"}""", "eos_token_id is \"</s>\"; it must be a token id or a list of them")]
    [InlineData("""{"eos_token_id":[1,-2]}""", "eos_token_id is [1,-2]; it must be a token id or a list of them")]
    [InlineData("[1]", "holds no JSON object")]
    [InlineData("{", "cannot be read")]
    public void Damage_is_named_with_the_file(string json, string problem)
    {
        Write("base", json);
        string message = Assert.Throws<ModelException>(() => GenerationConfig.Read(folder["base"])).Message;
        Assert.StartsWith(Path.Combine(folder["base"], "generation_config.json"), message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_model_keeps_its_bases_settings_and_both_files_name_all_ends()
    {
        Write("base", """{"do_sample":true,"temperature":0.6,"eos_token_id":[9,8]}""");
        Write("model", """{"model_type":"llama","eos_token_id":9,"rope_theta":1e6}""", "config.json");
        GenerationConfig.Save(folder["model"], GenerationConfig.Read(folder["base"]), [5]);
        Assert.Equal("""{"do_sample":true,"temperature":0.6,"eos_token_id":[9,8,5]}""", Compact("generation_config.json"));
        Assert.Equal("""{"model_type":"llama","eos_token_id":[9,8,5],"rope_theta":1e6}""", Compact("config.json"));
    }

    [Fact]
    public void An_adapters_folder_has_no_configuration_to_change()
    {
        GenerationConfig.Save(folder["model"], null, [5]);
        Assert.Equal("""{"eos_token_id":5}""", Compact("generation_config.json"));
        Assert.False(File.Exists(Path.Combine(folder["model"], "config.json")));
    }

    [Fact]
    public void Nothing_to_say_writes_nothing()
    {
        Write("model", """{"eos_token_id":9}""", "config.json");
        GenerationConfig.Save(folder["model"], null, []);
        Assert.Equal(["config.json"], Directory.GetFiles(folder["model"]).Select(f => Path.GetFileName(f)));
        Assert.Equal("""{"eos_token_id":9}""", File.ReadAllText(Path.Combine(folder["model"], "config.json")));
    }

    private void Write(string where, string json, string file = GenerationConfig.FileName) => File.WriteAllText(Path.Combine(folder[where], file), json);

    private string Compact(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder["model"], file)));
        return JsonSerializer.Serialize(json.RootElement, new JsonSerializerOptions { WriteIndented = false });
    }
}

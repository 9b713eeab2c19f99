using System.Text.Json;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Tokenization;

/// <summary>Ids of Hugging Face's tokenizers; see Fixtures/README.md.</summary>
public sealed class ReferenceIdsTests
{
    [Theory]
    [InlineData("llama")]
    [InlineData("xlm-roberta")]
    public void A_SentencePiece_model_gives_the_references_ids_and_text(string family)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Tokenization", "Fixtures", family);
        var tokenizer = Tokenizer.Load(folder);
        var lines = File.ReadAllLines(Path.Combine(folder, "expected.jsonl"));
        Assert.True(lines.Length > 200);
        foreach (var line in lines)
        {
            using var row = JsonDocument.Parse(line);
            var text = row.RootElement.GetProperty("text").GetString()!;
            int[] expected = [.. row.RootElement.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];
            var encoded = tokenizer.Encode(text, new EncodeOptions { SpecialTokensInText = true });
            Assert.Equal(expected, encoded.Ids);
            Assert.Equal(row.RootElement.GetProperty("decoded").GetString(), tokenizer.Decode(encoded.Ids));
        }
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("gpt2")]
    [InlineData("roberta")]
    [InlineData("llama3")]
    [InlineData("qwen")]
    [InlineData("mistral")]
    [InlineData("mistral-tekken")]
    public void A_trained_tokenizer_gives_the_references_ids(string kind)
    {
        var fixtures = Path.Combine(AppContext.BaseDirectory, "Tokenization", "Fixtures");
        var tokenizer = Tokenizer.Load(Path.Combine(fixtures, kind));
        string[] lines = File.ReadAllLines(Path.Combine(fixtures, "lines.jsonl")), expected = File.ReadAllLines(Path.Combine(fixtures, kind, "ids.jsonl"));
        Assert.Equal(250, lines.Length);
        Assert.Equal(lines.Length, expected.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            var encoded = tokenizer.Encode(JsonSerializer.Deserialize<string>(lines[i]), new EncodeOptions { SpecialTokensInText = true });
            Assert.Equal(JsonSerializer.Deserialize<int[]>(expected[i])!, encoded.Ids);
        }
    }
}

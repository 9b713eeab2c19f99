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
}

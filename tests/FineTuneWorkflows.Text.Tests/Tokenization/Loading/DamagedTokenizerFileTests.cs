using System.Text;
using CsCheck;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Text.Tests.Tokenization.Loading;

/// <summary>Whatever is done to a tokenizer's files, loading succeeds or says which file is wrong.</summary>
public sealed class DamagedTokenizerFileTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("tokenizer_config.json")]
    public void A_cut_or_garbled_file_is_an_error_that_names_a_file(string name)
    {
        var files = name == "tokenizer.json" ? SmallTokenizers.Json : SmallTokenizers.BytePairs;
        var good = Encoding.UTF8.GetBytes(files[name]);
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, 3]).Sample((at, value, kind) =>
        {
            foreach (var (file, content) in files) _temp.Write(file, content);
            var bytes = good.ToArray();
            if (kind == 0) bytes = bytes[..at];
            else if (kind == 1) bytes[at] = value;
            else if (kind == 2) bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + value)..]];
            else bytes = [.. bytes[..at], value, value, .. bytes[at..]];
            File.WriteAllBytes(_temp[name], bytes);
            try
            {
                Tokenizer.Load(_temp.Path).Encode("Hello <s> wörld 😀");
            }
            catch (TextDataException e)
            {
                Assert.NotNull(e.File);
            }
        }, iter: 150, threads: 1);
    }

    [Theory]
    [InlineData("\"ByteLevel\",\"add", "\"Scripts\",\"add", "the pre-tokenizer 'Scripts' ('pre_tokenizer') is not supported")]
    [InlineData("\"type\":\"NFC\"", "\"type\":\"Odd\"", "the normalizer 'Odd' ('normalizer') is not supported")]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"Neural\"", "the model 'Neural' ('model') is not supported")]
    [InlineData("\"id\":8", "\"id\":2000000000", "'added_tokens[0].id' is 2000000000")]
    [InlineData("[\"l\",\"l\"]", "[\"l\",\"q\"]", "needs the entry 'q', which the vocabulary lacks")]
    [InlineData("\"h\":0", "\"h\":-1", "'model.vocab.h' is -1")]
    public void An_unknown_or_impossible_part_is_refused_by_name(string from, string to, string problem)
    {
        var changed = SmallTokenizers.Json["tokenizer.json"].Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(SmallTokenizers.Json["tokenizer.json"], changed);
        var path = _temp.Write("tokenizer.json", changed);
        var error = Assert.Throws<TextDataException>(() => Tokenizer.Load(_temp.Path));
        Assert.Equal(path, error.File);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_an_error_that_says_what_would_be_one()
    {
        var error = Assert.Throws<TextDataException>(() => Tokenizer.Load(_temp.Path));
        Assert.Contains("neither tokenizer.json nor vocab.txt", error.Message, StringComparison.Ordinal);
    }
}

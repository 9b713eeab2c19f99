using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.Tests.Tokenize;

/// <summary>From a source of each kind to token files, without training.</summary>
public sealed class KindsOfDataTests : IDisposable
{
    private const string Fetch = "FineTune.FetchData", Tokenize = "FineTune.Tokenize";

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task Marked_entities_become_labels_of_tokens()
    {
        workspace.Write("a.jsonl", Lines(40, i => $$"""{"text":"the film {{i}} was good","entities":[{"start":4,"end":8,"label":"THING"}]}"""));
        var tokens = await TokensOf(new { source = "a.jsonl" }, new { vocabulary = "vocab.txt", maxLength = 16 });
        Assert.Equal((DataKind.TokenClassification, "O B-THING I-THING"), (tokens.Info.Kind, string.Join(' ', tokens.Info.Labels)));
        using var split = tokens.Split(SplitName.Train);
        var labels = new int[split.Length(0)];
        split.CopyTokenLabels(0, labels);
        Assert.Equal([-100, 0, 1], labels[..3]);
    }

    [Fact]
    public async Task Texts_that_the_vocabulary_does_not_have_are_refused_with_their_share_unless_that_is_wanted()
    {
        // Ten tokens a text, of which the vocabulary has none.
        workspace.Write("zh.jsonl", Lines(40, i => $$"""{"text":"这部电影真的很好看{{(char)(0x4E00 + i)}}","label":"{{i % 2}}"}"""));

        var failure = await workspace.FailureOf(("Fetch", Fetch, new { source = "zh.jsonl" }), ("Tokenize", Tokenize, new { vocabulary = "vocab.txt", maxLength = 16 }));
        var tokens = await TokensOf(new { source = "zh.jsonl" }, new { vocabulary = "vocab.txt", maxLength = 16, maxUnknownShare = 1.0 });

        Assert.Contains("parameter Vocabulary: ", failure, StringComparison.Ordinal);
        Assert.Contains(" train tokens (100.0%) are unknown to the vocabulary", failure, StringComparison.Ordinal);
        Assert.Contains("parameter MaxUnknownShare, now 0.5", failure, StringComparison.Ordinal);
        Assert.Equal(tokens.Info.Splits["train"].Examples * 10, tokens.Info.Splits["train"].UnknownTokens);
    }

    [Fact]
    public async Task Pairs_and_many_labels_come_from_tables()
    {
        workspace.Write("pairs.csv", "q,p,label\n" + Lines(40, i => $"film {i},book {i},{(i % 2 == 0 ? "yes" : "no")}"));
        var tokens = await TokensOf(new { source = "pairs.csv", textColumn = "q", secondColumn = "p" }, new { vocabulary = "vocab.txt", maxLength = 16 });
        using (var pairs = tokens.Split(SplitName.Train)) Assert.InRange(pairs.SecondStart(0), 3, 8);

        workspace.Write("many.csv", "text,label\n" + Lines(40, i => $"film {i},a{i % 2}|b{i % 3}"));
        tokens = await TokensOf(new { source = "many.csv", labelSeparator = "|" }, new { vocabulary = "vocab.txt", maxLength = 16 });
        Assert.Equal(["a0", "a1", "b0", "b1", "b2"], tokens.Info.Labels);
    }

    [Fact]
    public async Task A_folder_of_texts_becomes_blocks_and_its_notes_are_not_read_unless_plain_text_is_wanted()
    {
        Directory.CreateDirectory(Path.Combine(workspace.Folder, "books"));
        for (var i = 0; i < 12; i++) workspace.Write($"books/{i}.txt", $"the film {new string('x', i + 1)}\nwas a good film\n");
        var tokens = await TokensOf(new { source = "books", kind = "PlainText", documents = "File" }, new { vocabulary = "vocab.txt", maxLength = 8 });
        Assert.Equal((DataKind.PlainText, true, 12L), (tokens.Info.Kind, tokens.Info.Packed, tokens.Info.Splits.Values.Sum(s => s.Examples)));
        Assert.Contains("none of its 12 files ends in", await workspace.FailureOf(("Fetch", Fetch, new { source = "books" })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversations_take_the_format_that_is_asked_for_and_a_folder_of_any_tokenizer()
    {
        Directory.CreateDirectory(Path.Combine(workspace.Folder, "bpe"));
        workspace.Write("bpe/vocab.json", """{"<|im_start|>":0,"<|im_end|>":1,"h":2,"i":3,"u":4,"s":5,"e":6,"r":7,"a":8,"t":9,"n":10,"Ċ":11,"<|endoftext|>":12}""");
        workspace.Write("bpe/merges.txt", "#version: 0.2\n");
        workspace.Write("bpe/tokenizer_config.json", """
            {"tokenizer_class":"Qwen2Tokenizer","added_tokens_decoder":{"0":{"content":"<|im_start|>","special":true},"1":{"content":"<|im_end|>","special":true}}}
            """);
        workspace.Write("a.jsonl", Lines(20, i => $$"""{"prompt":"{{new string('h', i + 1)}}","completion":"{{new string('i', i + 1)}}"}"""));
        var tokens = await TokensOf(new { source = "a.jsonl" }, new { vocabulary = "bpe", maxLength = 64 });
        Assert.Equal((DataKind.Conversations, ChatFormat.ChatMl), (tokens.Info.Kind, tokens.Info.ChatFormat));
        Assert.True(File.Exists(Path.Combine(tokens.Folder, "merges.txt")));
        Assert.Contains("the chat format Llama3 needs", await workspace.FailureOf(
            ("Fetch", Fetch, new { source = "a.jsonl" }), ("Tokenize", Tokenize, new { vocabulary = "bpe/vocab.json", chatFormat = "Llama3" })), StringComparison.Ordinal);
        Assert.Contains("choose a larger one", await workspace.FailureOf(
            ("Fetch", Fetch, new { source = "a.jsonl" }), ("Tokenize", Tokenize, new { vocabulary = "bpe", maxLength = 3 })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_setting_of_the_tokenizer_runs_the_stage_again_and_a_folder_without_one_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(workspace.Folder, "bert"));
        File.Copy(Path.Combine(workspace.Folder, "vocab.txt"), Path.Combine(workspace.Folder, "bert", "vocab.txt"));
        var first = await TokensOf(new { source = workspace.Data }, new { vocabulary = "bert", maxLength = 16 });
        workspace.Write("bert/tokenizer_config.json", """{"do_lower_case":false}""");
        var second = await TokensOf(new { source = workspace.Data }, new { vocabulary = "bert", maxLength = 16 });
        Assert.Equal(first.Info.VocabularySha256, second.Info.VocabularySha256);
        Assert.NotEqual(first.Info.TokenizerSha256, second.Info.TokenizerSha256);
        Assert.Contains("parameter Vocabulary: home is no folder with a tokenizer",
            await workspace.FailureOf(("Fetch", Fetch, new { source = workspace.Data }), ("Tokenize", Tokenize, new { vocabulary = "home" })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Augment_refuses_a_kind_by_name()
    {
        workspace.Write("a.conll", Lines(40, i => $"film{i} B-X\n"));
        var reason = await workspace.FailureOf(("Fetch", Fetch, new { source = "a.conll" }), ("Augment", "FineTune.Augment", new { lexicon = "lexicon.tsv" }));
        Assert.Contains("TokenClassification cannot be augmented", reason, StringComparison.Ordinal);
    }

    private static string Lines(int count, Func<int, string> line) => string.Concat(Enumerable.Range(0, count).Select(i => line(i) + "\n"));

    private async Task<TokenizedDataset> TokensOf(object fetch, object tokenize)
    {
        var result = await workspace.RunAsync(workspace.Chain(("Fetch", Fetch, fetch), ("Tokenize", Tokenize, tokenize)));
        Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => $"{s.Stage.Name}: {s.Result.Reason}")));
        return TokenizedDataset.Open(result.Of("Tokenize").Artifacts["tokens"].Path);
    }
}

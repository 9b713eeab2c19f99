using FineTuneWorkflows.Pipelines.Contract.Events;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Stages.Tests.Support;

namespace FineTuneWorkflows.Stages.Tests.BadInput;

/// <summary>What users get wrong in their data: each is refused, or survived, in words that name the place.</summary>
public sealed class BadDataTests : IDisposable
{
    private const string Fetch = "FineTune.FetchData";
    private readonly Workspace workspace = new();

    [Fact]
    public async Task A_missing_file_is_named_with_its_parameter() =>
        Assert.Equal($"parameter Source: there is no file or folder {workspace.Folder}/nope.csv; set -p Fetch.Source=...", await workspace.FailureOf(("Fetch", Fetch, new { source = "nope.csv" })));

    [Fact]
    public async Task A_missing_column_is_named_with_those_there_are()
    {
        var path = workspace.Write("a.csv", "sentence,label\nhello,a\n");
        var reason = await workspace.FailureOf(("Fetch", Fetch, new { source = path }));
        Assert.Contains(path, reason, StringComparison.Ordinal);
        Assert.Contains("'text'", reason, StringComparison.Ordinal);
        Assert.Contains("sentence, label", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_does_not_parse_is_named_by_its_line()
    {
        var path = workspace.Write("a.jsonl", Workspace.Rows(30) + "{\"text\": \"x\", \n" + Workspace.Rows(30));
        Assert.Contains($"{path}:31:", await workspace.FailureOf(("Fetch", Fetch, new { source = path })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_rows_can_be_skipped_and_are_counted()
    {
        var path = workspace.Write("a.jsonl", Workspace.Rows(60) + "{\"text\": \"x\", \n{\"text\":\"\",\"label\":\"positive\"}\n");
        var result = await workspace.RunAsync(workspace.Chain(("Fetch", Fetch, new { source = path, onBadRow = "skip" })));
        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Contains(workspace.Journal(result.RunId).OfType<StageNoted>(), n => n.Message.StartsWith("skipped 2 bad rows, the first: a.jsonl line 61:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bytes_of_another_encoding_are_refused_with_the_option_that_reads_them()
    {
        var path = Path.Combine(workspace.Folder, "a.csv");
        var content = "text,label\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"caf\u00e9 cr\u00e8me number {i},{(i % 2 == 0 ? "good" : "bad")}\n"));
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(content));
        Assert.Contains($"{path}:2: byte 4 of the line (0xE9) is not UTF-8; set -p Fetch.Encoding=windows-1252 if the file is that, as its letters suggest", await workspace.FailureOf(("Fetch", Fetch, new { source = path })), StringComparison.Ordinal);
        var result = await workspace.RunAsync(workspace.Chain(("Fetch", Fetch, new { source = path, encoding = "windows-1252" })));
        Assert.Equal(RunStatus.Succeeded, result.Status);
        var notes = workspace.Journal(result.RunId).OfType<StageNoted>().Select(n => n.Message).ToList();
        Assert.Contains("a.csv: read as windows-1252", notes);
        Assert.Contains("a.csv: separated by commas, a header, quotes after RFC 4180", notes);
        Assert.Contains("parameter Encoding: must be the name of an encoding of text files", Assert.Throws<DefinitionException>(() => workspace.Chain(("Fetch", Fetch, new { source = path, encoding = "klingon" }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_separators_quotes_and_headers_can_be_said()
    {
        var path = workspace.Write("a.csv", string.Concat(Enumerable.Range(0, 30).Select(i => $"{(i % 2 == 0 ? "pos" : "neg")}|\"open quote, number {i}\n")));
        var settings = new { source = path, delimiter = "|", quoting = "none", header = "no", textColumn = "2", labelColumn = "1", deduplicate = false };
        var result = await workspace.RunAsync(workspace.Chain(("Fetch", Fetch, settings)));
        Assert.True(result.Status == RunStatus.Succeeded, result.Of("Fetch").Reason);
        Assert.Contains(workspace.Journal(result.RunId).OfType<StageNoted>(), n => n.Message == "a.csv: separated by '|', no header, quotes are text");
    }

    [Fact]
    public async Task Text_files_in_the_form_of_CoNLL_count_in_a_folder()
    {
        var sentences = string.Concat(Enumerable.Range(0, 40).Select(i => $"Train{i} O\nto O\nUlm{i} S-PLACE\n\n"));
        Directory.CreateDirectory(Path.Combine(workspace.Folder, "conll"));
        workspace.Write("conll/train.txt", sentences);
        workspace.Write("conll/LICENSE.txt", "You may use this.\n");
        var result = await workspace.RunAsync(workspace.Chain(("Fetch", Fetch, new { source = "conll" })));
        Assert.True(result.Status == RunStatus.Succeeded, result.Of("Fetch").Reason);
        var notes = workspace.Journal(result.RunId).OfType<StageNoted>().Select(n => n.Message).ToList();
        Assert.Contains("train.txt: read as CoNLL, recognised by its first lines", notes);
        Assert.Contains("train.txt: tags of the scheme BIOES became IOB2, 40 of them S-", notes);
    }

    [Fact]
    public async Task Files_of_a_folder_that_are_not_read_or_named_like_a_split_are_said()
    {
        Directory.CreateDirectory(Path.Combine(workspace.Folder, "set"));
        workspace.Write("set/train.jsonl", Workspace.Rows(60));
        workspace.Write("set/test-00000-of-00001.jsonl", "{\"text\":\"another one\",\"label\":\"positive\"}\n");
        workspace.Write("set/more.parquet", "PAR1");
        var result = await workspace.RunAsync(workspace.Chain(("Fetch", Fetch, new { source = "set" })));
        var notes = workspace.Journal(result.RunId).OfType<StageNoted>().Select(n => n.Message).ToList();
        Assert.Contains("Source: 1 of 3 files are not read, as their names are not those of data: more.parquet", notes);
        Assert.Contains("test-00000-of-00001.jsonl are read like the other files, and all rows are divided anew; to keep these splits, set Source, ValidationSource and TestSource to a file each", notes);
    }

    [Fact]
    public async Task Labels_that_differ_in_case_or_in_what_is_not_seen_are_said()
    {
        string[] labels = ["Good", "good", "caf\u00e9", "cafe\u0301"];
        var path = workspace.Write("a.jsonl", string.Concat(Enumerable.Range(0, 80).Select(i => $"{{\"text\":\"text {i}\",\"label\":\"{labels[i % 4]}\"}}\n")));
        var result = await workspace.RunAsync(workspace.Chain(("Fetch", Fetch, new { source = path })));
        var notes = workspace.Journal(result.RunId).OfType<StageNoted>().Select(n => n.Message).ToList();
        Assert.Contains("2 spellings of the label caf\u00e9 look the same (composed or decomposed letters, characters of no width) and are one class", notes);
        Assert.Contains("the labels Good and good differ only in case and are classes of their own; write them alike in the data if they are one", notes);
    }

    [Fact]
    public async Task Texts_without_any_entity_are_refused()
    {
        var path = workspace.Write("a.jsonl", string.Concat(Enumerable.Range(0, 30).Select(i => $"{{\"text\":\"text {i}\",\"entities\":[]}}\n")));
        Assert.Contains("no row has an entity: there is nothing to learn", await workspace.FailureOf(("Fetch", Fetch, new { source = path })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Equal_texts_can_be_kept_and_are_counted()
    {
        var path = workspace.Write("a.jsonl", Workspace.Rows(60) + Workspace.Rows(10));
        var result = await workspace.RunAsync(workspace.Chain(("Fetch", Fetch, new { source = path, deduplicate = false })));
        Assert.Contains(workspace.Journal(result.RunId).OfType<StageNoted>(), n => n.Message == "kept, as Deduplicate is false, 10 duplicates within splits, 0 across splits, 0 with contradicting labels");
    }

    [Fact]
    public async Task A_label_that_training_lacks_is_named_by_its_line()
    {
        var validation = workspace.Write("v.jsonl", "{\"text\":\"new one\",\"label\":\"positive\"}\n{\"text\":\"so so\",\"label\":\"neutral\"}\n");
        var reason = await workspace.FailureOf(("Fetch", Fetch, new { source = workspace.Data, validationSource = validation }));
        Assert.Contains($"{validation}:2:", reason, StringComparison.Ordinal);
        Assert.Contains("'neutral' in validation does not occur in training", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_class_only_is_refused()
    {
        var path = workspace.Write("a.csv", "text,label\none,a\ntwo,a\nthree,a\n");
        Assert.Contains("all rows have the label 'a'", await workspace.FailureOf(("Fetch", Fetch, new { source = path })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_split_is_refused()
    {
        var path = workspace.Write("a.csv", "text,label\none,a\ntwo,b\n");
        Assert.Contains("split is empty", await workspace.FailureOf(("Fetch", Fetch, new { source = path })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_is_refused()
    {
        var path = workspace.Write("a.csv", "");
        Assert.Contains(path, await workspace.FailureOf(("Fetch", Fetch, new { source = path })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_data_files_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(workspace.Folder, "docs"));
        workspace.Write("docs/README.md", "hello");
        workspace.Write("docs/NOTICE", "hello");
        Assert.Equal("parameter Source: none of its 2 files ends in .jsonl, .csv, .tsv or .conll, or .txt where Kind is PlainText, also with .gz; set -p Fetch.Source=...", await workspace.FailureOf(("Fetch", Fetch, new { source = "docs" })));
    }

    [Fact]
    public void A_download_without_a_pin_is_refused_before_anything_runs() =>
        Assert.Contains(
            "stage Fetch: Source and Sha256: a download must be pinned",
            Assert.Throws<DefinitionException>(() => workspace.Chain(("Fetch", Fetch, new { source = "https://example.org/a.csv" }))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_password_in_an_address_is_refused_without_repeating_it()
    {
        var message = Assert.Throws<DefinitionException>(() => workspace.Chain(("Fetch", Fetch, new { source = "https://u:hunter2@example.org/a.csv", sha256 = new string('a', 64) }))).Message;
        Assert.Contains("the address holds a user or password", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_with_a_wrong_digest_is_refused_and_not_kept()
    {
        using var server = new OneFileServer(Workspace.Rows(60));
        var wanted = new string('a', 64);
        var reason = await workspace.FailureOf(("Fetch", Fetch, new { source = server.Address, sha256 = wanted }));
        Assert.Contains(wanted, reason, StringComparison.Ordinal);
        Assert.Contains(server.Sha256, reason, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(workspace.Home.Root, "*.jsonl", SearchOption.AllDirectories), f => new FileInfo(f).Length == server.Length);
    }

    [Fact]
    public async Task An_Authorization_that_is_no_header_is_refused_by_name_without_its_value()
    {
        Environment.SetEnvironmentVariable("FINETUNE_TEST_BAD_TOKEN", "s3cr3t, t0ken\u0001");
        var reason = await workspace.FailureOf(("Fetch", Fetch, new { source = "http://127.0.0.1:1/a.csv", sha256 = new string('a', 64), authorization = "${env:FINETUNE_TEST_BAD_TOKEN}" }));
        Assert.StartsWith("parameter Authorization: the value is no Authorization header", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pinned_download_is_used_with_its_secret_kept_out_of_every_file()
    {
        Environment.SetEnvironmentVariable("FINETUNE_TEST_TOKEN", "Bearer s3cr3t-t0ken");
        using var server = new OneFileServer(Workspace.Rows(60));
        var result = await workspace.RunAsync(workspace.Chain(("Fetch", Fetch, new { source = server.Address, sha256 = server.Sha256, authorization = "${env:FINETUNE_TEST_TOKEN}" })));
        Assert.True(result.Status == RunStatus.Succeeded, result.Of("Fetch").Reason);
        Assert.Equal("Bearer s3cr3t-t0ken", server.LastAuthorization);
        Assert.All(Directory.EnumerateFiles(workspace.Home.Root, "*", SearchOption.AllDirectories), f => Assert.DoesNotContain("s3cr3t", File.ReadAllText(f), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Strange_texts_go_through_the_whole_pipeline()
    {
        var strange = string.Concat(((string[])[new string('x', 1_000_000), string.Concat(Enumerable.Repeat("\ud83d\ude00\ud83c\udff3\ufe0f\u200d\ud83c\udf08", 50)), "\u0001\u0002\u0007\u001b[31m", "  \u00a0 spaced \u200b ", "\u0130stanbul \u4e2d\u6587", "\ufffd"])
            .SelectMany((text, i) => Enumerable.Range(0, 4).Select(n => System.Text.Json.JsonSerializer.Serialize(new { text = text + new string('!', n), label = i % 2 == 0 ? "positive" : "negative" }) + "\n")));
        var path = workspace.Write("strange.jsonl", Workspace.Rows(60) + strange);
        var result = await workspace.RunAsync(workspace.Whole(fetch: new { source = path }, train: Workspace.Training(epochs: 1)));
        Assert.True(result.Status == RunStatus.Succeeded, string.Join("; ", result.Stages.Select(s => s.Result.Reason)));
    }

    [Fact]
    public async Task An_empty_text_is_a_bad_row()
    {
        var path = workspace.Write("a.csv", "text,label\n,a\nx,b\n");
        Assert.Contains($"{path}:2:", await workspace.FailureOf(("Fetch", Fetch, new { source = path })), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_base_model_that_is_neither_folder_nor_preset_says_what_it_could_be()
    {
        var reason = await workspace.FailureOf(
            ("Fetch", Fetch, new { source = workspace.Data }), ("Tokenize", "FineTune.Tokenize", new { vocabulary = "vocab.txt" }), ("FineTune", "FineTune.FineTune", new { baseModel = "tinny" }));
        Assert.Equal(
            $"parameter BaseModel: there is no file or folder {workspace.Folder}/tinny; a base model is a folder in Hugging Face's layout, "
            + "hf://owner/name[@revision], or one of the presets tiny, mini, small, medium, base, large, "
            + "gpt2-tiny, gpt2-mini, gpt2-small, gpt2-medium, gpt2-base, gpt2-large, llama-tiny, llama-mini, llama-small, llama-medium, llama-base, llama-large, which start from scratch; set -p FineTune.BaseModel=...",
            reason);
    }

    [Fact]
    public async Task Asking_for_CUDA_where_there_is_none_is_refused()
    {
        var result = await workspace.RunAsync(workspace.Whole(train: new { baseModel = "tiny", device = "cuda:7" }));
        Assert.Equal(StageOutcome.Failed, result.Of("FineTune").Outcome);
        Assert.Contains("cuda:7", result.Of("FineTune").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tinyer", "must be auto, cpu, cuda or cuda:n")]
    [InlineData("gpu", "must be auto, cpu, cuda or cuda:n")]
    public void A_device_that_is_none_is_refused_before_anything_runs(string device, string message) =>
        Assert.Contains(message, Assert.Throws<DefinitionException>(() => workspace.Whole(train: new { device })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a/b", "champion", "", "ModelName")]
    [InlineData("mood", "v1", "", "Alias")]
    [InlineData("mood", "champion", "accuracy >>= 3", "Gate")]
    public void A_bad_name_alias_or_gate_is_refused_before_anything_runs(string modelName, string alias, string gate, string parameter) =>
        Assert.Contains($"stage Register: parameter {parameter}:", Assert.Throws<DefinitionException>(() => workspace.Whole(register: new { modelName, alias, gate })).Message, StringComparison.Ordinal);

    public void Dispose() => workspace.Dispose();
}

using System.Text.Json;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.Datasets;
using FineTuneWorkflows.Text.Tokenization;

namespace FineTuneWorkflows.Stages.Tests.Pipelines;

/// <summary>Instruction tuning: a model that answers, from data to answers, in the format it was trained with.</summary>
public sealed class ConversationPipelineTests : IDisposable
{
    private static readonly string[] Things = ["film", "phone", "meal", "song", "book", "game", "room", "shop"];
    private static readonly string[] Answers = ["red", "blue", "green", "white", "black", "brown", "pink", "grey"];
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task Conversations_are_learned_measured_and_answered_by_a_vocabulary_without_chat_tokens()
    {
        var result = await Learn(new { maxLength = 64, chatFormat = "Plain" }, new { baseModel = "gpt2-tiny", layers = 1, hiddenSize = 64, epochs = 30, learningRate = 5e-3, batchSize = 16, threads = 1, device = "cpu" });
        Assert.InRange(result.Metrics()["test/accuracy"], 0.9, 1);

        // Samples are asked as a user would ask, and show what was to be answered.
        var sample = JsonDocument.Parse(result.Evaluation("samples.jsonl").Split('\n')[0]).RootElement;
        Assert.Matches(@"\AUser: what is the \w+ \d+ \?\nAssistant:\z", sample.GetProperty("prompt").GetString());
        Assert.Equal(sample.GetProperty("expected").GetString()!.Trim(), sample.GetProperty("continuation").GetString()!.Trim());

        // The folder says what it was trained on, how it is asked and where an answer ends, to other tools too.
        var tokenizer = Tokenizer.Load(result.Model());
        Assert.Equal(DataKind.Conversations, ModelInput.Read(result.Model())!.Kind);
        Assert.Equal(ChatTemplate.Of(ChatFormat.Plain).Source, ChatTemplate.Of(tokenizer)!.Source);
        foreach (var file in (string[])["config.json", "generation_config.json"])
            Assert.Equal(tokenizer.SpecialTokens.End, JsonDocument.Parse(File.ReadAllText(Path.Combine(result.Model(), file))).RootElement.GetProperty("eos_token_id").GetInt32());

        using var predictor = TextPredictor.Load(result.Model(), "cpu", options: Greedy);
        TextExample[] asked = [new("what is the film 3 ?"), TextExample.OfMessages([new("user", "what is the shop 7 ?")])];
        Assert.Equal(["red", "grey"], predictor.Predict(asked, cancellationToken: Token).Select(p => p.Continuation));
        Assert.Contains("takes single texts, not pairs", Assert.Throws<PredictionInputException>(() => predictor.Predict([new TextExample("a") { Second = "b" }], cancellationToken: Token)).Message, StringComparison.Ordinal);
        Assert.Contains("has 1024 positions; shorten it", Assert.Throws<PredictionInputException>(() => predictor.Predict([string.Concat(Enumerable.Repeat("film ", 2000))], cancellationToken: Token)).Message, StringComparison.Ordinal);

        // As it is, a text is gone on from, and a conversation is none.
        using var raw = TextPredictor.Load(result.Model(), "cpu", options: Greedy with { Raw = true });
        Assert.NotNull(Assert.Single(raw.Predict(["what is"], cancellationToken: Token)).Continuation);
        Assert.Contains("\"messages\" are for models", Assert.Throws<PredictionInputException>(() => raw.Predict(asked[1..], cancellationToken: Token)).Message, StringComparison.Ordinal);
        Assert.Contains("as --raw asks for", Assert.Throws<PredictionInputException>(() => TextPredictor.Load(result.Model(), "cpu", options: Greedy with { Raw = true, System = "s" })).Message, StringComparison.Ordinal);

        // A system's message of the command line stands before the user's; two are one too many.
        using var kind = TextPredictor.Load(result.Model(), "cpu", options: Greedy with { System = "be kind" });
        Assert.NotNull(Assert.Single(kind.Predict(asked[..1], cancellationToken: Token)).Continuation);
        Assert.Contains("a system's message of its own", Assert.Throws<PredictionInputException>(() => kind.Predict([TextExample.OfMessages([new("system", "s"), new("user", "u")])], cancellationToken: Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_base_keeps_its_own_template_and_its_own_ends_and_a_format_is_only_another_where_it_is_asked_for()
    {
        var first = await Learn(new { maxLength = 64, chatFormat = "Plain" }, Training("gpt2-tiny"));
        var own = Base(first.Model(), "{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}");
        File.WriteAllText(Path.Combine(own, "generation_config.json"), """{"temperature":0.5,"eos_token_id":[7,9]}""");

        var tuned = await workspace.LearnAsync("", new { baseModel = own, maxLength = 64 }, new { baseModel = own, epochs = 1, threads = 1, device = "cpu" }, new { source = Data() });
        var tokenizer = Tokenizer.Load(tuned.Model());
        Assert.Contains("<{{ m.role }}>", ChatTemplate.Of(tokenizer)!.Source, StringComparison.Ordinal);
        Assert.StartsWith("<user>what is the", JsonDocument.Parse(tuned.Evaluation("samples.jsonl").Split('\n')[0]).RootElement.GetProperty("prompt").GetString(), StringComparison.Ordinal);
        var generation = JsonDocument.Parse(File.ReadAllText(Path.Combine(tuned.Model(), "generation_config.json"))).RootElement;
        Assert.Equal(0.5, generation.GetProperty("temperature").GetDouble());
        Assert.Equal([7, 9, tokenizer.SpecialTokens.End!.Value], generation.GetProperty("eos_token_id").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal([7, 9, tokenizer.SpecialTokens.End!.Value], JsonDocument.Parse(File.ReadAllText(Path.Combine(tuned.Model(), "config.json"))).RootElement.GetProperty("eos_token_id").EnumerateArray().Select(id => id.GetInt32()));

        tuned = await workspace.LearnAsync("", new { baseModel = own, maxLength = 64, chatFormat = "Zephyr" }, new { baseModel = own, epochs = 1, threads = 1, device = "cpu" }, new { source = Data() });
        Assert.Equal(ChatTemplate.Of(ChatFormat.Zephyr).Source, ChatTemplate.Of(Tokenizer.Load(tuned.Model()))!.Source);

        var strange = Base(first.Model(), "{% include 'other' %}");
        var refused = await workspace.FailureOf(("Fetch", "FineTune.FetchData", new { source = Data() }), ("Tokenize", "FineTune.Tokenize", new { baseModel = strange, maxLength = 64 }));
        Assert.Contains("the statement 'include' is not known", refused, StringComparison.Ordinal);
        Assert.Contains("set ChatFormat to one of", refused, StringComparison.Ordinal);

        // One that leaves the answers out is to blame, not the length of the rows.
        var silent = Base(first.Model(), "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}");
        refused = await workspace.FailureOf(("Fetch", "FineTune.FetchData", new { source = Data() }), ("Tokenize", "FineTune.Tokenize", new { baseModel = silent, maxLength = 64 }));
        Assert.Contains("chat_template.jinja does not write the 'content' of message 2, which is the assistant's", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("MaxLength", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_of_another_tool_is_asked_by_its_template_and_one_that_learned_plain_text_is_not()
    {
        var first = await Learn(new { maxLength = 64, chatFormat = "Plain" }, Training("gpt2-tiny"));
        var other = Base(first.Model(), "{{ raise_exception('no') }}");
        File.Delete(Path.Combine(other, ModelInput.FileName));
        using (var predictor = TextPredictor.Load(other, "cpu", options: Greedy))
            Assert.Contains("the chat template of the model in", Assert.Throws<PredictionInputException>(() => predictor.Predict(["a"], cancellationToken: Token)).Message, StringComparison.Ordinal);
        new ModelInput(DataKind.PlainText).Save(other);
        using (var predictor = TextPredictor.Load(other, "cpu", options: Greedy))
            Assert.NotNull(Assert.Single(predictor.Predict(["a"], cancellationToken: Token)).Continuation);
        File.Delete(Path.Combine(other, ModelInput.FileName));
        File.WriteAllText(Path.Combine(other, "chat_template.jinja"), "{% include 'x' %}");
        Assert.Contains("--raw goes on from texts as they are", Assert.Throws<StageException>(() => TextPredictor.Load(other, "cpu", options: Greedy)).Message, StringComparison.Ordinal);
        using (var predictor = TextPredictor.Load(other, "cpu", options: Greedy with { Raw = true }))
            Assert.NotNull(Assert.Single(predictor.Predict(["a"], cancellationToken: Token)).Continuation);
    }

    private static PredictionOptions Greedy { get; } = new() { Generation = new() { Temperature = 0, MaxNewTokens = 12 } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static object Training(string model) => new { baseModel = model, layers = 1, hiddenSize = 64, epochs = 1, learningRate = 5e-3, batchSize = 16, threads = 1, device = "cpu" };

    /// <summary>What each thing is, whatever number it has.</summary>
    private string Data() => workspace.Write("chat.jsonl", string.Concat(Enumerable.Range(0, 160).Select(i =>
        JsonSerializer.Serialize(new { prompt = $"what is the {Things[i % 8]} {i / 8} ?", completion = Answers[i % 8] }) + "\n")));

    private Task<FineTuneWorkflows.Pipelines.Execution.RunResult> Learn(object tokenize, object train) => workspace.SucceedAsync(
        ("Fetch", "FineTune.FetchData", new { source = Data() }),
        ("Vocabulary", "FineTune.TrainTokenizer", new { kind = "BytePair", vocabularySize = 400 }),
        ("Tokenize", "FineTune.Tokenize", tokenize),
        ("FineTune", "FineTune.FineTune", train),
        ("Evaluate", "FineTune.Evaluate", new { threads = 1, device = "cpu" }));

    /// <summary>A base with a template of its own.</summary>
    private string Base(string model, string template)
    {
        var folder = Directory.CreateDirectory(Path.Combine(workspace.Folder, Guid.NewGuid().ToString("N"))).FullName;
        foreach (var file in Directory.GetFiles(model))
            File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(file)), File.ReadAllBytes(file));
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), template);
        return folder;
    }
}

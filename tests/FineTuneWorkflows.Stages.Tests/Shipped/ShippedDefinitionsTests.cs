using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Pipelines.Definitions;
using FineTuneWorkflows.Pipelines.Execution;
using FineTuneWorkflows.Pipelines.Graphs;
using FineTuneWorkflows.Stages.FineTune;
using FineTuneWorkflows.Stages.Prediction;
using FineTuneWorkflows.Stages.Tests.Support;
using FineTuneWorkflows.Text.Conversations;
using FineTuneWorkflows.Text.TokenFiles;

namespace FineTuneWorkflows.Stages.Tests.Shipped;

/// <summary>The definitions of <c>workflows/</c>: each can be run as it is, and Studio can draw it.</summary>
public sealed class ShippedDefinitionsTests : IDisposable
{
    private readonly Workspace workspace = new();

    public static TheoryData<string> All => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static string Folder { get; } = Path.Combine(Root(), "workflows");

    [Theory]
    [MemberData(nameof(All))]
    public async Task Each_can_be_planned_and_lacks_no_file(string file)
    {
        var pipeline = Pipeline(file);
        using var engine = Engine.Open(workspace.Home, workspace.Services);
        var plan = await engine.Runner.PlanAsync(pipeline, new(), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(plan, stage => stage.Action == PlannedAction.Fail);
        Assert.Equal(PlannedAction.Execute, plan[0].Action);

        // A plan looks at the files of stages whose inputs are known; all others' must be there as well.
        var missing = pipeline.Stages.SelectMany(stage => stage.Stage.InputPaths()).Where(input => !input.Optional).Select(input => Path.GetFullPath(input.Path, Folder))
            .Where(path => !Path.Exists(path));
        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_property_is_used_and_says_what_it_is_for(string file)
    {
        var definition = DefinitionReader.ReadFile(Path.Combine(Folder, file));
        var used = definition.Activities.SelectMany(activity => activity.Settings.Values).Where(setting => setting.Type == "Variable").Select(setting => setting.Value.GetProperty("id").GetString()!).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(definition.Properties.Select(property => property.VariableId!).Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
        Assert.All(definition.Properties, property => Assert.True(property.Description.EndsWith('.'), $"{property.Name} does not say what it is for"));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_is_laid_out_as_Studio_wants_it(string file)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)))!;
        var id = Path.GetFileNameWithoutExtension(file);
        Assert.Equal((id, $"{id}-1"), ((string?)json["definitionId"], (string?)json["id"]));
        foreach (var variable in json["variables"]!.AsArray())
        {
            Assert.Equal($"v-{variable!["name"]}", (string?)variable["id"]);
            // Numbers are texts, and only this driver's values survive a resumption.
            Assert.Equal(JsonValueKind.String, variable["value"]!.GetValueKind());
            Assert.StartsWith("Elsa.Workflows.WorkflowInstanceStorageDriver,", (string?)variable["storageDriverTypeName"], StringComparison.Ordinal);
        }

        var root = json["root"]!;
        var positions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var activity in root["activities"]!.AsArray())
        {
            Assert.Equal($"{root["id"]}:{activity!["id"]}", (string?)activity["nodeId"]);
            Assert.True(positions.Add(activity["metadata"]!["designer"]!["position"]!.ToJsonString()), $"{activity["id"]} lies on another");
        }

        // A reference to a variable says the variable's own name and type.
        foreach (var reference in Descendants(root).Where(node => node["type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String && (string?)type == "Variable").Select(node => node["value"]!))
        {
            var variable = json["variables"]!.AsArray().Single(v => (string?)v!["id"] == (string?)reference["id"])!;
            Assert.Equal(((string?)variable["name"], (string?)variable["typeName"]), ((string?)reference["name"], (string?)reference["typeName"]));
        }
    }

    [Theory]
    [InlineData("nightly.json")]
    [InlineData("on-new-data.json")]
    public void What_registers_under_the_same_name_trains_and_is_measured_in_the_same_way(string file)
    {
        // Else the gate would compare models that nobody meant to compare.
        var (sentiment, other) = (Pipeline("sentiment.json"), Pipeline(file));
        Assert.Equal(sentiment.Find("Register")!.Stage, other.Find("Register")!.Stage);
        Assert.Equal(sentiment.Find("Evaluate")!.Stage, other.Find("Evaluate")!.Stage);
        Assert.Equal(sentiment.Find("FineTune")!.Stage, other.Find("FineTune")!.Stage);
        Assert.Equal(sentiment.Find("Tokenize")!.Stage, other.Find("Tokenize")!.Stage);
        Assert.Equal(sentiment.Find("Fetch")!.Stage, other.Find("Fetch")!.Stage);
    }

    [Fact]
    public void A_base_that_has_learned_is_pretrained_on_with_no_other_property_than_texts()
    {
        var texts = workspace.Write("own.txt", "a text\n");
        Assert.Equal("english-2x192", Path.GetFileName(((TrainingStage)Pipeline("pretrain.json", ("BaseModel", "../data/models/english-2x192"), ("Data", texts)).Find("Pretrain")!.Stage).BaseModel));
    }

    [Fact]
    public void The_assistant_takes_adapters_beside_a_base_that_has_learned_and_from_scratch_refuses_them()
    {
        Assert.Equal(8, ((FineTuneStage)Pipeline("assistant.json", ("LoraRank", "8"), ("BaseModel", "hf://Qwen/Qwen2.5-0.5B-Instruct")).Find("FineTune")!.Stage).LoraRank);
        Assert.Contains("starts from scratch", Assert.Throws<DefinitionException>(() => Pipeline("assistant.json", ("LoraRank", "8"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_assistants_conversations_are_written_with_its_own_vocabulary_and_nothing_is_cut_off()
    {
        var result = await workspace.RunAsync(Pipeline("assistant.json").WithTargets(["Tokenize"]), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("Fetch:executed Tokenize:executed", result.Outcomes());
        Assert.Equal((144d, 16d, 40d), (result.Metrics()["data/train_rows"], result.Metrics()["data/validation_rows"], result.Metrics()["data/test_rows"]));
        Assert.Equal(0, result.Metrics()["data/train_truncated_texts"] + result.Metrics()["data/test_truncated_texts"]);
        Assert.Equal(ChatFormat.ChatMl, ChatFormats.Of(TokenizedDataset.Open(result.Of("Tokenize").Artifacts["tokens"].Path).LoadTokenizer()));
    }

    [Fact]
    public async Task The_assistant_answers_what_it_was_taught_and_most_questions_that_are_put_in_other_words()
    {
        var result = await workspace.RunAsync(Pipeline("assistant.json").WithTargets(["FineTune"]), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("Fetch:executed Tokenize:executed FineTune:executed", result.Outcomes());
        using var predictor = TextPredictor.Load(result.Of("FineTune").Artifacts["model"].Path, "cpu", options: new() { Generation = new() { Temperature = 0 } });
        // Of the 160 questions it learned 144, the others were for validation.
        Assert.InRange(Right("train"), 140, 160);
        Assert.InRange(Right("test"), 21, 40);

        int Right(string split)
        {
            var asked = File.ReadLines(Path.Combine(Folder, "..", "data", "conversations", split + ".jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
            var answers = predictor.Predict([.. asked.Select(row => (string)row["prompt"]!)], cancellationToken: TestContext.Current.CancellationToken);
            return answers.Zip(asked).Count(pair => pair.First.Continuation == (string?)pair.Second["completion"]);
        }
    }

    public void Dispose() => workspace.Dispose();

    private static Pipeline Pipeline(string file, params (string Name, string Value)[] properties)
    {
        var definition = DefinitionReader.ReadFile(Path.Combine(Folder, file));
        return PipelineBuilder.Build(definition, FineTuneStages.Catalog, PropertyValues.Bind(definition, properties.Select(p => KeyValuePair.Create(p.Name, (object?)p.Value)), Folder));
    }

    private static IEnumerable<JsonObject> Descendants(JsonNode? node) => node switch
    {
        JsonObject some => some.SelectMany(member => Descendants(member.Value)).Prepend(some),
        JsonArray many => many.SelectMany(Descendants),
        _ => [],
    };

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "FineTuneWorkflows.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No checkout above {AppContext.BaseDirectory}.");
    }
}

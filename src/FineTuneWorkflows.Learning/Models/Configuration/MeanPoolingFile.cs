using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Foundation.Files;
using FineTuneWorkflows.Learning.Checkpoints;

namespace FineTuneWorkflows.Learning.Models.Configuration;

/// <summary>
/// How <c>config.json</c> of a classifier that sees the mean of all tokens is written. transformers' own classes take the first token instead and do not read <c>classifier_pooling</c>, so they must
/// not load it: the model type is one of our own, <c>auto_map</c> names the classes in <see cref="CodeFile"/> beside it, which compute the mean and which transformers' Auto classes load where
/// <c>trust_remote_code=True</c> is given and else ask for, and <c>problem_type</c> holds a sentence that every other class of transformers refuses and shows.
/// </summary>
internal static class MeanPoolingFile
{
    /// <summary>The file with the classes for Python.</summary>
    public const string CodeFile = "mean_pooling.py";

    private const string TypePrefix = "mean_pooling_", ClassPrefix = "MeanPooling", Module = "mean_pooling";
    private const string Type = "model_type", BaseType = "base_model_type", Problem = "problem_type", BaseProblem = "base_problem_type", Architectures = "architectures", AutoMap = "auto_map";

    private const string Refusal =
        "this classifier takes the mean of all tokens, which this class does not; load it with AutoModelForSequenceClassification.from_pretrained(folder, trust_remote_code=True)";

    /// <summary>Whether a model is one that transformers' own classes would compute otherwise.</summary>
    public static bool Concerns(ModelConfig config) => config is EncoderConfig { Pooling: SequencePooling.Mean, Task: ModelTask.SequenceClassification };

    /// <summary>Turns the usual form of the file into the one that is written.</summary>
    public static void Guard(JsonObject json)
    {
        string type = json[Type]!.GetValue<string>(), architecture = json[Architectures]![0]!.GetValue<string>();
        json[BaseType] = type;
        json[Type] = TypePrefix + type;
        json[Architectures] = new JsonArray(ClassPrefix + architecture);
        json[AutoMap] = new JsonObject
        {
            ["AutoConfig"] = $"{Module}.{ClassPrefix}{architecture[..architecture.IndexOf("For", StringComparison.Ordinal)]}Config",
            ["AutoModelForSequenceClassification"] = $"{Module}.{ClassPrefix}{architecture}",
        };
        json[BaseProblem] = json[Problem]?.DeepClone();
        json[Problem] = Refusal;
    }

    /// <summary>Whether a file was written so.</summary>
    public static bool IsGuarded(JsonElement root) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(Type, out JsonElement type) && type.ValueKind == JsonValueKind.String
        && type.GetString()!.StartsWith(TypePrefix, StringComparison.Ordinal);

    /// <summary>Turns a file that <see cref="IsGuarded"/> back into the usual form.</summary>
    /// <exception cref="InvalidOperationException">It is not what was written.</exception>
    public static void Unguard(JsonObject json)
    {
        json[Type] = json[Type]!.GetValue<string>()[TypePrefix.Length..];
        json[Problem] = json[BaseProblem]?.DeepClone();
        if (json[Architectures] is JsonArray { Count: > 0 } classes && classes[0]!.GetValue<string>() is { } own && own.StartsWith(ClassPrefix, StringComparison.Ordinal))
            json[Architectures] = new JsonArray(own[ClassPrefix.Length..]);
        json.Remove(BaseType);
        json.Remove(BaseProblem);
        json.Remove(AutoMap);
    }

    /// <summary>Writes the classes for Python beside the configuration, or removes them where the model needs none.</summary>
    public static void WriteCode(ModelConfig config, string folder)
    {
        string path = Path.Combine(folder, CodeFile);
        if (!Concerns(config))
        {
            File.Delete(path);
            return;
        }
        using Stream source = typeof(MeanPoolingFile).Assembly.GetManifestResourceStream(CodeFile)!;
        using var reader = new StreamReader(source, Encoding.UTF8);
        byte[] bytes = Encoding.UTF8.GetBytes(reader.ReadToEnd().ReplaceLineEndings("\n"));
        DurableFile.Write(path, stream => stream.Write(bytes));
    }
}

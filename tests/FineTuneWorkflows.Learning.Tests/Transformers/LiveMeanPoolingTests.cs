using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Encoders;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Tests.Python;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>A classifier that takes the mean of all tokens gives its own numbers in transformers, or none.</summary>
public sealed class LiveMeanPoolingTests
{
    private static readonly long[][] Texts = [[5, 9, 14, 19, 6], [7, 8], [10, 11, 12, 13, 5, 18, 17, 16]];

    [Fact]
    public void It_is_computed_alike_with_its_own_code_and_refused_by_every_other_class()
    {
        ReferencePython.Require("torch", "transformers", "peft", "safetensors");
        using var folder = new TemporaryFolder();
        foreach (string family in EncoderFamilies)
            Write(folder[family], family);
        ReferencePython.Run(ReferenceFiles.Script("read_mean_pooling.py"), folder.Path);
        foreach (string family in EncoderFamilies)
        {
            using LanguageModel model = LanguageModel.Load(folder[family]);
            foreach (string file in new[] { "predicted.safetensors", "again.safetensors" })
                new ReferenceModel(folder[family], file).CompareLogits(model).Check($"{family} {file}");
            string[] refusals = File.ReadAllLines(Path.Combine(folder[family], "refusals.txt"));
            Assert.Equal(6, refusals.Length);
            Assert.All(refusals[..4], refusal => Assert.Contains("trust_remote_code=True", refusal, StringComparison.Ordinal));
            Assert.All(refusals[4..], refusal => Assert.Contains("finetune merge", refusal, StringComparison.Ordinal));
        }
    }

    private static string[] EncoderFamilies => [.. EncoderFamily.All.Select(f => f.ModelType)];

    private static void Write(string folder, string family)
    {
        EncoderConfig config = EncoderConfig.For(family) with { VocabSize = 20, HiddenSize = 12, LayerCount = 2, HeadCount = 2, IntermediateSize = 10, MaxPositions = 24, InitializerRange = 0.3 };
        string[] labels = ["a", "b", "c"];
        using (LanguageModel plain = RandomModel.Create(config, ModelTask.SequenceClassification, labels))
            plain.Save(Path.Combine(folder, "base"));
        using (LanguageModel adapted = LanguageModel.FromPretrained(
            Path.Combine(folder, "base"), ModelTask.SequenceClassification, labels, new StructureOptions { Pooling = SequencePooling.Mean, Lora = new LoraOptions { Rank = 2 } }))
            adapted.SaveAdapter(Path.Combine(folder, "adapter"), new AdapterBase(Path.Combine(folder, "base")));
        using (LanguageModel model = RandomModel.Create(config with { Pooling = SequencePooling.Mean }, ModelTask.SequenceClassification, labels))
            model.Save(folder);
        int width = Texts.Max(text => text.Length), pad = config.PadTokenId!.Value;
        using torch.Tensor ids = torch.tensor([.. Texts.SelectMany(text => text.Concat(Enumerable.Repeat((long)pad, width - text.Length)))], [Texts.Length, width]);
        using torch.Tensor lengths = torch.tensor(Texts.Select(text => (long)text.Length).ToArray()), classes = torch.zeros(Texts.Length, torch.int64);
        SafetensorsWriter.Write(
            Path.Combine(folder, "input.safetensors"), [KeyValuePair.Create("tokens", ids), KeyValuePair.Create("lengths", lengths), KeyValuePair.Create("labels", classes)]);
    }
}

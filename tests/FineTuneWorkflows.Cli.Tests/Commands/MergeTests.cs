using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Cli.Tests.Fixture;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Adapters;
using FineTuneWorkflows.Learning.Models.Configuration;

namespace FineTuneWorkflows.Cli.Tests.Commands;

public sealed class MergeTests : IDisposable
{
    private static readonly EncoderConfig Small = new() { VocabSize = 6, HiddenSize = 8, LayerCount = 1, HeadCount = 2, IntermediateSize = 16, MaxPositions = 16 };

    private readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task Adapters_are_merged_into_the_base_that_they_name_or_that_is_given()
    {
        Adapter("base", "adapter");

        var answer = await place.RunAsync("merge", "--model", "adapter", "--output", "merged");
        Directory.Move(Path.Combine(place.Folder, "base"), Path.Combine(place.Folder, "moved"));
        var lost = await place.RunAsync("merge", "--model", "adapter", "--output", "other");
        var given = await place.RunAsync("merge", "--model", "adapter", "--base", "moved", "--output", "other");

        Assert.Equal((ExitCode.Done, ""), (answer.Code, answer.Error));
        Assert.Contains("Merged adapters of rank 2 into", answer.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, lost.Code);
        Assert.Contains("which is not there", lost.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, given.Code);
        Assert.Equal(Bytes("merged"), Bytes("other"));
        Assert.True(place.Has("merged/vocab.txt"));
    }

    [Fact]
    public async Task What_is_missing_or_in_the_way_is_said()
    {
        Adapter("base", "adapter");

        Assert.Contains("which adapters?", (await place.RunAsync("merge")).Error, StringComparison.Ordinal);
        Assert.Contains("where to?", (await place.RunAsync("merge", "--model", "adapter")).Error, StringComparison.Ordinal);
        var there = await place.RunAsync("merge", "--model", "adapter", "--output", "base");
        Assert.Equal(ExitCode.Wrong, there.Code);
        Assert.Contains("not an empty folder", there.Error, StringComparison.Ordinal);
        Assert.Contains("whole model", (await place.RunAsync("merge", "--model", "base", "--output", "new")).Error, StringComparison.Ordinal);
        Assert.False(place.Has("new/model.safetensors"));
    }

    private byte[] Bytes(string folder) => File.ReadAllBytes(Path.Combine(place.Folder, folder, "model.safetensors"));

    private void Adapter(string basis, string adapter)
    {
        var folder = Path.Combine(place.Folder, basis);
        using (var model = LanguageModel.Create(Small, ModelTask.SequenceClassification, ["no", "yes"], 1))
            model.Save(folder);
        place.Write($"{basis}/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfine\n");
        using var adapted = LanguageModel.FromPretrained(folder, ModelTask.SequenceClassification, ["no", "yes"], new StructureOptions { Lora = new LoraOptions { Rank = 2 } });
        adapted.SaveAdapter(Path.Combine(place.Folder, adapter), new AdapterBase(folder));
    }
}

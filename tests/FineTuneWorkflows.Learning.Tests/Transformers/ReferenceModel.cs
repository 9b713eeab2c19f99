using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using FineTuneWorkflows.Learning.Training.Tasks;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Transformers;

/// <summary>A folder with <c>expected.safetensors</c>, in which Python's models.py wrote texts, their labels and what transformers computes of them.</summary>
internal sealed class ReferenceModel
{
    private const string GradientPrefix = "grad/";
    private readonly Dictionary<string, float[]> _numbers = new(StringComparer.Ordinal);

    public ReferenceModel(string folder, string file = "expected.safetensors")
    {
        Folder = folder;
        using SafetensorsReader reader = SafetensorsReader.Open(Path.Combine(folder, file));
        foreach (string name in reader.Entries.Keys)
        {
            using torch.Tensor tensor = reader.Read(name), numbers = tensor.to(torch.float32);
            _numbers[name] = [.. numbers.data<float>()];
        }
        int[] lengths = Whole("lengths");
        Width = lengths.Max();
        int[][] Rows(string name) => [.. Whole(name).Chunk(Width).Select((row, i) => row[..lengths[i]])];
        int[] labels = Whole("labels");
        bool sequences = labels.Length == lengths.Length, several = labels.Length == 3 * lengths.Length && Width != 3;
        Data = new LabelledData(Rows("tokens"))
        {
            Labels = sequences ? labels : new int[lengths.Length],
            Classes = several ? [.. labels.Chunk(3).Select(row => row.Select(label => label == 1).ToArray())] : null,
            TokenLabels = sequences || several ? null : Rows("labels"),
            SecondStarts = _numbers.ContainsKey("second_starts") ? [.. Whole("second_starts").Select(start => (int?)start)] : null,
        };
    }

    public string Folder { get; }

    public LabelledData Data { get; }

    /// <summary>The number of tokens and padding of a row.</summary>
    public int Width { get; }

    private int[] Rows => [.. Enumerable.Range(0, Data.Count)];

    /// <summary>The parameters whose gradients are there.</summary>
    public IEnumerable<string> Gradients => _numbers.Keys.Where(name => name.StartsWith(GradientPrefix, StringComparison.Ordinal)).Select(name => name[GradientPrefix.Length..]);

    /// <summary>Compares hidden states, logits, loss and all gradients that are there.</summary>
    /// <returns>The greatest difference; see <see cref="ReferenceDifference"/>.</returns>
    public ReferenceDifference Compare(LanguageModel model)
    {
        var difference = new ReferenceDifference();
        using var scope = torch.NewDisposeScope();
        SequenceBatch batch = model.Batch(Rows, Data);
        torch.Tensor hidden = model.Hidden(batch, training: false);
        CompareTokens(difference, "hidden", Values(hidden));
        CompareLogits(difference, model, Values(model.Head(hidden, batch, null, training: false)));
        torch.Tensor loss = Loss(model, batch);
        difference.Add("loss", _numbers["loss"], [loss.item<float>()]);
        loss.backward();
        foreach (string name in Gradients)
        {
            ModelParameter parameter = model.Find(name) ?? throw new InvalidOperationException($"The model has no parameter {name}.");
            difference.Add($"the gradient of {name}", _numbers[GradientPrefix + name], Values(parameter.Value.grad!));
        }
        return difference;
    }

    /// <summary>Compares the logits alone.</summary>
    public ReferenceDifference CompareLogits(LanguageModel model)
    {
        var difference = new ReferenceDifference();
        CompareLogits(difference, model, Logits(model));
        return difference;
    }

    /// <summary>Compares what greedy generation writes.</summary>
    public void CompareGreedyText(TextGeneratorModel generator)
    {
        int[][] expected = [.. Whole("generated").Chunk(Whole("generated").Length / Data.Count).Select(row => row.Where(token => token >= 0).ToArray())];
        Assert.Contains(expected, row => row.Length > 3);
        foreach (int row in Rows)
            Assert.Equal(expected[row], generator.Generate(Data.Tokens[row], new GenerationOptions { Temperature = 0, MaxNewTokens = 12 }));
    }

    /// <summary>The logits of all texts in one padded batch.</summary>
    public float[] Logits(LanguageModel model)
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        return Values(model.Logits(model.Batch(Rows, Data), training: false));
    }

    private void CompareLogits(ReferenceDifference difference, LanguageModel model, float[] logits)
    {
        if (model.Task == ModelTask.SequenceClassification)
            difference.Add("logits", _numbers["logits"], logits);
        else
            CompareTokens(difference, "logits", logits);
    }

    /// <summary>Compares the vectors of tokens; those of padding mean nothing.</summary>
    private void CompareTokens(ReferenceDifference difference, string what, float[] actual)
    {
        float[] expected = _numbers[what];
        int width = expected.Length / (Data.Count * Width);
        foreach (int row in Rows)
        {
            Range own = (row * Width * width)..(((row * Width) + Data.Tokens[row].Length) * width);
            difference.Add($"{what} of text {row}", expected[own], actual[own]);
        }
    }

    private torch.Tensor Loss(LanguageModel model, SequenceBatch batch)
    {
        if (model.Task == ModelTask.MaskedLanguageModeling)
        {
            // MaskedLanguageTask draws its masks by itself; here they are given.
            (int Row, int Place)[] masked = [.. from row in Rows from place in Enumerable.Range(0, Data.Tokens[row].Length) where Data.TokenLabels![row][place] >= 0 select (row, place)];
            torch.Tensor places = torch.tensor(masked.Select(at => (long)((at.Row * batch.Width) + at.Place)).ToArray());
            torch.Tensor labels = torch.tensor(masked.Select(at => (long)Data.TokenLabels![at.Row][at.Place]).ToArray());
            return torch.nn.functional.cross_entropy(model.Logits(batch, training: true, places), labels);
        }
        BatchLoss loss = TrainingTasks.Make(model, Data, null, new TrainingOptions { Threads = 1 }, null).Loss(Rows, epoch: 1);
        return loss.Sum / loss.Weight;
    }

    private int[] Whole(string name) => [.. _numbers[name].Select(number => (int)number)];

    private static float[] Values(torch.Tensor tensor) => [.. tensor.detach().contiguous().data<float>()];
}

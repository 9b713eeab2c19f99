using CsCheck;
using FineTuneWorkflows.Learning.Models.Configuration;
using FineTuneWorkflows.Learning.Models.Encoders;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training.Tasks;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models;

/// <summary>What stands beside a sequence in its batch is no business of its.</summary>
public class BatchPropertyTests
{
    // Kernels add the numbers of a batch in another order than those of one row; by how much differs between machines.
    private const double Tolerance = 1e-4;

    // Ids 0 and 1 pad.
    private static readonly Gen<(int[][] Sequences, int[] Order)> AnyBatch =
        from sequences in Gen.Int[2, 59].Array[1, 22].Array[1, 6]
        from order in Gen.Shuffle(Enumerable.Range(0, sequences.Length).ToArray())
        select (sequences, order);

    private static readonly string[] Decoders = ["gpt2", "llama", "mistral", "qwen2", "qwen3"];

    public static TheoryData<string, ModelTask, SequencePooling> Models => [.. (
        from family in EncoderFamily.All.Select(f => f.ModelType)
        from task in new[] { ModelTask.SequenceClassification, ModelTask.TokenClassification, ModelTask.MaskedLanguageModeling }
        from pooling in Enum.GetValues<SequencePooling>()
        where pooling == default || task == ModelTask.SequenceClassification
        select new TheoryDataRow<string, ModelTask, SequencePooling>(family, task, pooling)),
        .. from family in Decoders
           from task in new[] { ModelTask.SequenceClassification, ModelTask.TokenClassification, ModelTask.CausalLanguageModeling }
           select new TheoryDataRow<string, ModelTask, SequencePooling>(family, task, SequencePooling.FirstToken)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Padding_and_the_order_of_a_batch_change_no_logit(string family, ModelTask task, SequencePooling pooling)
    {
        using LanguageModel model = Model(family, task, pooling);
        AnyBatch.Sample((sequences, order) =>
        {
            double[][] alone = [.. sequences.SelectMany(sequence => Logits(model, [sequence]))];
            double[][] together = Logits(model, sequences);
            double[][] shuffled = Logits(model, [.. order.Select(i => sequences[i])]);
            return Enumerable.Range(0, sequences.Length).All(i => Close(alone[i], together[i]))
                && order.Index().All(at => Close(alone[at.Item], shuffled[at.Index]));
        }, iter: 30, threads: 1);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("roberta")]
    [InlineData("distilbert")]
    [InlineData("gpt2")]
    [InlineData("llama")]
    [InlineData("mistral")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void A_batchs_loss_is_the_sum_of_its_sequences_in_any_order(string family)
    {
        using LanguageModel model = Model(family, ModelTask.TokenClassification, SequencePooling.FirstToken);
        AnyBatch.Sample((sequences, order) =>
        {
            int[][] labels = [.. sequences.Select(tokens => tokens.Select(token => token % 4 == 3 ? TokenTargets.Ignored : token % 4).ToArray())];
            var data = new LabelledData(sequences) { TokenLabels = labels };
            var task = new TokenClassificationTask(model, data, null, new TrainingOptions { Threads = 1 });
            double[] alone = [.. Enumerable.Range(0, sequences.Length).Select(i => Loss(task, [i]))];
            return Math.Abs(alone.Sum() - Loss(task, order)) < Tolerance * Math.Max(1, alone.Sum());
        }, iter: 30, threads: 1);
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("mistral")]
    [InlineData("qwen3")]
    public void A_batchs_loss_of_next_tokens_is_the_sum_of_its_sequences_in_any_order(string family)
    {
        using LanguageModel model = Model(family, ModelTask.CausalLanguageModeling, SequencePooling.FirstToken);
        AnyBatch.Sample((sequences, order) =>
        {
            var task = new CausalLanguageTask(model, new LabelledData(sequences), null, new TrainingOptions { Threads = 1 });
            double[] alone = [.. Enumerable.Range(0, sequences.Length).Select(i => Loss(task, [i]))];
            return Math.Abs(alone.Sum() - Loss(task, order)) < Tolerance * Math.Max(1, alone.Sum());
        }, iter: 30, threads: 1);
    }

    private static LanguageModel Model(string family, ModelTask task, SequencePooling pooling) => RandomModel.Create(
        Decoders.Contains(family)
            ? DecoderConfig.For(family) with
            {
                VocabSize = 60, HiddenSize = 16, LayerCount = 2, HeadCount = 4, HeadSize = null, KeyValueHeadCount = family == "gpt2" ? null : 2, IntermediateSize = 32, MaxPositions = 24,
                InitializerRange = 0.3, HiddenDropout = 0, AttentionDropout = 0, EmbeddingDropout = 0, ClassifierDropout = 0, StartTokenId = null, EndTokenIds = [], PadTokenId = 0,
                SlidingWindow = family == "gpt2" ? null : 3, UseSlidingWindow = true, MaxWindowLayers = 1,
            }
            : EncoderConfig.For(family) with
            {
                VocabSize = 60, HiddenSize = 16, LayerCount = 2, HeadCount = 2, IntermediateSize = 32, MaxPositions = 24, InitializerRange = 0.3,
                HiddenDropout = 0, AttentionDropout = 0, ClassifierDropout = 0, Pooling = pooling,
            },
        task, task is ModelTask.MaskedLanguageModeling or ModelTask.CausalLanguageModeling ? [] : ["O", "B-a", "I-a"]);

    /// <summary>The logits of each sequence, padding left out.</summary>
    private static double[][] Logits(LanguageModel model, int[][] sequences)
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        SequenceBatch batch = model.Batch(Enumerable.Range(0, sequences.Length).ToArray(), new LabelledData(sequences));
        torch.Tensor logits = model.Logits(batch, training: false);
        return [.. sequences.Select((sequence, row) =>
        {
            torch.Tensor own = model.Task == ModelTask.SequenceClassification ? logits[row] : logits.narrow(0, (long)row * batch.Width, sequence.Length);
            return own.contiguous().data<float>().Select(x => (double)x).ToArray();
        })];
    }

    private static double Loss(SequenceTask task, int[] indices)
    {
        using var scope = torch.NewDisposeScope();
        return task.Loss(indices, epoch: 1).Sum.Number();
    }

    private static bool Close(double[] a, double[] b) => a.Length == b.Length && a.Zip(b, (x, y) => Math.Abs(x - y)).All(d => d < Tolerance);
}

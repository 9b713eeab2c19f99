using System.Globalization;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models.Configuration;
using TorchSharp;

namespace FineTuneWorkflows.Benchmarks.Onnx;

/// <summary>
/// BERT with a classifier of sequences as ONNX, operator by operator as PyTorch's exporter writes it (Devlin et al. 2018, arXiv:1810.04805), so that ONNX Runtime finds what it can fuse: attention, the sums before a normalization,
/// GELU (https://onnxruntime.ai/docs/performance/model-optimizations/graph-optimizations.html).
/// </summary>
internal sealed class BertGraph
{
    public const string TokenIds = "input_ids", Positions = "position_ids", Mask = "attention_mask", Logits = "logits";

    private readonly OnnxGraph graph = new();
    private readonly SafetensorsReader weights;
    private readonly EncoderConfig config;

    private BertGraph(EncoderConfig config, SafetensorsReader weights) => (this.config, this.weights) = (config, weights);

    /// <summary>Writes the model of a folder.</summary>
    /// <param name="folder">A model folder in Hugging Face's layout, its weights in one file of 32-bit numbers.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="path">The ONNX file.</param>
    public static void Write(string folder, EncoderConfig config, string path)
    {
        using var weights = SafetensorsReader.Open(Path.Combine(folder, ModelWeights.SingleFile));
        var bert = new BertGraph(config, weights);
        bert.Build();
        bert.graph.Write(path);
    }

    private void Build()
    {
        graph.Input(TokenIds, OnnxType.Int64, "batch", "tokens");
        graph.Input(Positions, OnnxType.Int64, "batch", "tokens");
        graph.Input(Mask, OnnxType.Int64, "batch", "tokens");
        var bias = AttentionBias();
        var hidden = Embeddings();
        for (var layer = 0; layer < config.LayerCount; layer++)
            hidden = Layer($"bert.encoder.layer.{layer.ToString(CultureInfo.InvariantCulture)}.", hidden, bias);
        var first = graph.Node("first", "Gather", [hidden, graph.Constant(OnnxTensor.Scalar("first_place", 0L))], ("axis", 1L));
        var pooled = graph.Node("pooled", "Tanh", [Linear("bert.pooler.dense", first)]);
        graph.Output(Linear("classifier", pooled, Logits), OnnxType.Float, "batch", "classes");
    }

    /// <summary>0 at tokens and the lowest number at padding, [batch, 1, 1, tokens].</summary>
    private string AttentionBias()
    {
        var wide = graph.Node("mask_1", "Unsqueeze", [Mask], ("axes", new long[] { 1 }));
        wide = graph.Node("mask_2", "Unsqueeze", [wide], ("axes", new long[] { 2 }));
        var numbers = graph.Node("mask_numbers", "Cast", [wide], ("to", (long)OnnxType.Float));
        var inverse = graph.Node("mask_inverse", "Sub", [graph.Constant(OnnxTensor.Scalar("one", 1f)), numbers]);
        return graph.Node("mask_bias", "Mul", [inverse, graph.Constant(OnnxTensor.Scalar("lowest", float.MinValue))]);
    }

    private string Embeddings()
    {
        var words = graph.Node("words", "Gather", [Weight("bert.embeddings.word_embeddings.weight"), TokenIds]);
        var positions = graph.Node("positions", "Gather", [Weight("bert.embeddings.position_embeddings.weight"), Positions]);
        var type = graph.Node("type", "Gather", [Weight("bert.embeddings.token_type_embeddings.weight"), graph.Constant(OnnxTensor.Integers("first_type", 0))]);
        var sum = graph.Node("words_types", "Add", [words, type]);
        return Norm("bert.embeddings.LayerNorm", graph.Node("embedded", "Add", [sum, positions]));
    }

    private string Layer(string prefix, string hidden, string bias)
    {
        string self = prefix + "attention.self.";
        string query = Heads(self + "query", hidden, 0, 2, 1, 3), key = Heads(self + "key", hidden, 0, 2, 3, 1), value = Heads(self + "value", hidden, 0, 2, 1, 3);
        var scores = graph.Node(self + "product", "MatMul", [query, key]);
        scores = graph.Node(self + "scaled", "Div", [scores, graph.Constant(OnnxTensor.Scalar(self + "root", MathF.Sqrt(config.HiddenSize / config.HeadCount)))]);
        var shares = graph.Node(self + "shares", "Softmax", [graph.Node(self + "masked", "Add", [scores, bias])], ("axis", 3L));
        var mixed = graph.Node(self + "turned", "Transpose", [graph.Node(self + "mixed", "MatMul", [shares, value])], ("perm", new long[] { 0, 2, 1, 3 }));
        var context = graph.Node(self + "context", "Reshape", [mixed, graph.Constant(OnnxTensor.Integers(self + "width", 0, 0, config.HiddenSize))]);
        var attended = Linear(prefix + "attention.output.dense", context);
        var middle = Norm(prefix + "attention.output.LayerNorm", graph.Node(prefix + "attention.sum", "Add", [attended, hidden]));
        var output = Linear(prefix + "output.dense", Gelu(prefix, Linear(prefix + "intermediate.dense", middle)));
        return Norm(prefix + "output.LayerNorm", graph.Node(prefix + "output.sum", "Add", [output, middle]));
    }

    private string Heads(string name, string hidden, params long[] order)
    {
        var shape = graph.Constant(OnnxTensor.Integers(name + ".shape", 0, 0, config.HeadCount, config.HiddenSize / config.HeadCount));
        return graph.Node(name + ".turned", "Transpose", [graph.Node(name + ".heads", "Reshape", [Linear(name, hidden), shape])], ("perm", order));
    }

    // Hendrycks and Gimpel 2016, arXiv:1606.08415.
    private string Gelu(string prefix, string input)
    {
        string half = graph.Constant(OnnxTensor.Scalar(prefix + "half", 0.5f)), one = graph.Constant(OnnxTensor.Scalar(prefix + "one", 1f)), root = graph.Constant(OnnxTensor.Scalar(prefix + "root_2", MathF.Sqrt(2)));
        var error = graph.Node(prefix + "erf", "Erf", [graph.Node(prefix + "erf_input", "Div", [input, root])]);
        var product = graph.Node(prefix + "gelu_product", "Mul", [input, graph.Node(prefix + "erf_sum", "Add", [error, one])]);
        return graph.Node(prefix + "gelu", "Mul", [product, half]);
    }

    private string Linear(string name, string input, string? output = null)
    {
        var product = graph.Node(name + ".product", "MatMul", [input, Weight(name + ".weight", transposed: true)]);
        return graph.Node(output ?? name, "Add", [product, Weight(name + ".bias")]);
    }

    // Ba et al. 2016, arXiv:1607.06450; operator set 12 has it in parts only, like GELU.
    private string Norm(string name, string input)
    {
        var rest = graph.Node(name + ".rest", "Sub", [input, Mean(name + ".mean", input)]);
        var square = graph.Node(name + ".square", "Pow", [rest, graph.Constant(OnnxTensor.Scalar(name + ".two", 2f))]);
        var variance = graph.Node(name + ".sum", "Add", [Mean(name + ".variance", square), graph.Constant(OnnxTensor.Scalar(name + ".epsilon", (float)config.NormEpsilon))]);
        var normal = graph.Node(name + ".normal", "Div", [rest, graph.Node(name + ".deviation", "Sqrt", [variance])]);
        var scaled = graph.Node(name + ".scaled", "Mul", [normal, Weight(name + ".weight")]);
        return graph.Node(name, "Add", [scaled, Weight(name + ".bias")]);
    }

    private string Mean(string name, string input) => graph.Node(name, "ReduceMean", [input], ("axes", new long[] { -1 }), ("keepdims", 1L));

    private string Weight(string name, bool transposed = false)
    {
        var entry = weights.Entries[name];
        long[] shape = transposed ? [.. entry.Shape.Reverse()] : [.. entry.Shape];
        return graph.Constant(new(name, OnnxType.Float, shape, entry.Length, stream =>
        {
            using var scope = torch.NewDisposeScope();
            var values = weights.Read(name);
            stream.Write((transposed ? values.t().contiguous() : values).bytes);
        }));
    }
}

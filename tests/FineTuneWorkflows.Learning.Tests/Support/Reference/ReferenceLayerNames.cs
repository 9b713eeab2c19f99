namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>What the weights of one encoder layer are called.</summary>
internal sealed record ReferenceLayerNames(
    string Query, string Key, string Value, string AttentionOutput, string AttentionNorm, string Intermediate, string Output, string OutputNorm)
{
    public static ReferenceLayerNames Bert(string layer) => new(
        layer + "attention.self.query", layer + "attention.self.key", layer + "attention.self.value", layer + "attention.output.dense",
        layer + "attention.output.LayerNorm", layer + "intermediate.dense", layer + "output.dense", layer + "output.LayerNorm");

    public static ReferenceLayerNames DistilBert(string layer) => new(
        layer + "attention.q_lin", layer + "attention.k_lin", layer + "attention.v_lin", layer + "attention.out_lin", layer + "sa_layer_norm",
        layer + "ffn.lin1", layer + "ffn.lin2", layer + "output_layer_norm");
}

namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>The sizes of an encoder, and what its family does in its own way.</summary>
/// <param name="Family"><c>bert</c>, <c>roberta</c> (XLM-R too) or <c>distilbert</c>: which names and heads it has.</param>
internal sealed record ReferenceEncoderShape(string Family)
{
    public required int Width { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    public required double Epsilon { get; init; }

    public string Activation { get; init; } = "gelu";

    /// <summary>The id of padding, from which RoBERTa counts its positions.</summary>
    public int PadId { get; init; } = 1;

    public string Prefix => Family + ".";

    public bool HasTokenTypes => Family != "distilbert";

    /// <summary>The row of the first token's position: RoBERTa keeps those up to the padding's id for padding.</summary>
    public int FirstPosition => Family == "roberta" ? PadId + 1 : 0;

    public ReferenceLayerNames LayerNames(int layer) => Family == "distilbert"
        ? ReferenceLayerNames.DistilBert($"distilbert.transformer.layer.{layer}.")
        : ReferenceLayerNames.Bert($"{Family}.encoder.layer.{layer}.");
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Benchmarks.Training;

/// <summary>A BERT classifier as a textbook writes it with TorchSharp's own modules: embeddings, transformer encoder, pooler, linear head.</summary>
internal sealed class TextbookClassifier : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding words, positions, types;
    private readonly LayerNorm norm;
    private readonly Dropout dropout;
    private readonly TransformerEncoder encoder;
    private readonly Linear pooler, head;

    public TextbookClassifier(int vocabularySize, int width, int layers, int heads, int classes, double drop)
        : base(nameof(TextbookClassifier))
    {
        words = nn.Embedding(vocabularySize, width);
        positions = nn.Embedding(512, width);
        types = nn.Embedding(2, width);
        norm = nn.LayerNorm(width, 1e-12);
        dropout = nn.Dropout(drop);
        encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(width, heads, 4 * width, drop, nn.Activations.GELU), layers);
        pooler = nn.Linear(width, width);
        head = nn.Linear(width, classes);
        RegisterComponents();
    }

    /// <param name="ids">Token ids, [batch, tokens].</param>
    /// <param name="padding">True where there is padding, [batch, tokens].</param>
    /// <returns>Logits, [batch, classes].</returns>
    public override Tensor forward(Tensor ids, Tensor padding)
    {
        var places = arange(ids.shape[1], int64).unsqueeze(0);
        var hidden = dropout.call(norm.call(words.call(ids) + positions.call(places) + types.call(zeros_like(ids))));
        hidden = encoder.forward(hidden.transpose(0, 1), null!, padding).transpose(0, 1);
        return head.call(dropout.call(pooler.call(hidden.select(1, 0)).tanh()));
    }
}

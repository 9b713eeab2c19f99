namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>The sizes and settings of a decoder. Which parts exist (biases, norms of heads, an own output) shows in the names.</summary>
internal sealed record ReferenceDecoderShape
{
    public required int Width { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    /// <summary>The heads of keys and values; null for as many as <see cref="Heads"/>.</summary>
    public int? KeyHeads { get; init; }

    /// <summary>The size of one head (<c>head_dim</c>); null for the width divided by the heads.</summary>
    public int? HeadSize { get; init; }

    public required double Epsilon { get; init; }

    public string Activation { get; init; } = "silu";

    /// <summary>The base of the rotary frequencies (<c>rope_theta</c>).</summary>
    public double Theta { get; init; } = 10000;

    public ReferenceRotaryScaling? Scaling { get; init; }

    /// <summary>The number of last tokens that a token attends to, itself included (<c>sliding_window</c>); null for all.</summary>
    public int? Window { get; init; }

    /// <summary>The first layer that has the window (Qwen's <c>max_window_layers</c>).</summary>
    public int FirstWindowLayer { get; init; }

    /// <summary>What stands before the names below the head: <c>model.</c> for Llama and its kin, <c>transformer.</c> for GPT-2.</summary>
    public string Prefix { get; init; } = "model.";

    public int SizeOfHead => HeadSize ?? Width / Heads;
}

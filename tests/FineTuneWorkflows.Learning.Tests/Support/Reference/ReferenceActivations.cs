namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>Activations by their names in transformers.</summary>
internal static class ReferenceActivations
{
    public static Real[] Apply(string name, Real[] input) => [.. input.Select(x => Of(name, x))];

    private static Real Of(string name, Real x) => name switch
    {
        "gelu" => 0.5 * x * (1 + Real.Erf(x / Math.Sqrt(2))),
        // Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2.
        "gelu_new" or "gelu_pytorch_tanh" => 0.5 * x * (1 + Real.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        "relu" => x.Value > 0 ? x : 0 * x,
        "silu" or "swish" => x / (1 + Real.Exp(-x)),
        "tanh" => Real.Tanh(x),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "The reference has no such activation."),
    };
}

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Learning.Models.Layers;

/// <summary>Activations by their names in transformers.</summary>
internal static class Activations
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> ByName = new(StringComparer.Ordinal)
    {
        ["gelu"] = input => nn.functional.gelu(input),
        ["gelu_new"] = Tanh,
        ["gelu_pytorch_tanh"] = Tanh,
        ["relu"] = input => nn.functional.relu(input),
        ["silu"] = input => nn.functional.silu(input),
        ["swish"] = input => nn.functional.silu(input),
        ["tanh"] = input => input.tanh(),
    };

    public static IEnumerable<string> Names => ByName.Keys;

    public static bool IsKnown(string name) => ByName.ContainsKey(name);

    public static Tensor Apply(string name, Tensor input) => ByName[name](input);

    // Hendrycks and Gimpel 2016, arXiv:1606.08415: the approximation by tanh.
    private static Tensor Tanh(Tensor input) => nn.functional.gelu(input, GELU.Approximate.tanh);
}

using FineTuneWorkflows.Learning.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTuneWorkflows.Benchmarks.TrainingParts;

/// <summary>What a call from .NET costs beside one in TorchScript, what a chain of operations gains there, and what joining three projections in each forward pass costs beside one matrix that is joined for good.</summary>
internal static class OperatorParts
{
    private const int Calls = 1000;

    private const string Script = """
        def calls(a, b):
            c = a
            for i in range(1000):
                c = c + b
            return c

        def chain(input, mask, residual):
            return torch.gelu(input) * mask + residual

        """;

    public static void Measure(Dictionary<string, double> figures)
    {
        using var scope = NewDisposeScope();
        using var unit = jit.compile(Script);
        using (no_grad())
        {
            Tensor a = ones(1), b = ones(1);
            figures["operator"] = Shortest.Milliseconds(() =>
            {
                for (var i = 0; i < Calls; i++)
                    (a + b).Dispose();
            }) / Calls;
            figures["scripted"] = Shortest.Milliseconds(() => unit.invoke("calls", a, b)) / Calls;
        }

        var config = ModelPresets.Get("tiny");
        const long rows = 32 * 16;
        long width = config.HiddenSize;
        Tensor input = rand(rows, width).requires_grad_(true), mask = rand(rows, width), residual = rand(rows, width), gradient = rand(rows, width);
        figures["chain"] = Shortest.Milliseconds(() => (nn.functional.gelu(input) * mask + residual).backward([gradient]));
        figures["chain-scripted"] = Shortest.Milliseconds(() => ((Tensor)unit.invoke("chain", input, mask, residual)).backward([gradient]));

        Tensor[] weights = [.. Enumerable.Range(0, 3).Select(_ => rand(width, width).requires_grad_(true))];
        Tensor joined = rand(3 * width, width).requires_grad_(true), wide = rand(rows, 3 * width);
        figures["joined-each-time"] = config.LayerCount * Shortest.Milliseconds(() => nn.functional.linear(input, cat(weights)).backward([wide]));
        figures["joined-once"] = config.LayerCount * Shortest.Milliseconds(() => nn.functional.linear(input, joined).backward([wide]));
    }
}

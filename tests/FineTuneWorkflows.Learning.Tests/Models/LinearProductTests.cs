using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models;

/// <summary>The products that may be convolutions: on CPUs where they are not, both sides are the same.</summary>
public class LinearProductTests
{
    [Theory]
    [InlineData(1, 20, 700, 3000, true)]
    [InlineData(1, 128, 700, 3000, true)]
    [InlineData(4, 33, 700, 900, true)]
    [InlineData(4, 33, 700, 900, false)]
    [InlineData(2, 40, 700, 3000, false)]
    [InlineData(2, 3, 16, 8, true)]
    public void It_is_libtorchs_linear_layer(long batch, long tokens, long inputs, long outputs, bool biased)
    {
        using TorchSession session = TorchSession.Enter(2);
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        torch.Tensor input = torch.randn(batch, tokens, inputs), matrix = torch.randn(outputs, inputs).Times(1 / Math.Sqrt(inputs));
        torch.Tensor? bias = biased ? torch.randn(outputs) : null;
        torch.Tensor product = LinearProduct.Apply(input, matrix, bias);
        Assert.Equal([batch, tokens, outputs], product.shape);
        Assert.True(product.is_contiguous());
        Assert.True(Difference(torch.nn.functional.linear(input, matrix, bias!), product) < 1e-4);
    }

    [Fact]
    public void It_takes_factors_that_do_not_lie_in_rows()
    {
        using TorchSession session = TorchSession.Enter(2);
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        torch.Tensor input = torch.randn(2, 700, 100).transpose(1, 2), matrix = torch.randn(700, 900).t();
        Assert.True(Difference(torch.nn.functional.linear(input, matrix), LinearProduct.Apply(input, matrix, null)) < 1e-2);
    }

    [Theory]
    [InlineData(4, 64, 700, 900, true)]
    [InlineData(2, 65, 512, 1024, false)]
    [InlineData(1, 20, 700, 3000, true)]
    public void Its_gradients_are_those_of_libtorchs_linear_layer_and_the_same_bits_each_time(long batch, long tokens, long inputs, long outputs, bool biased)
    {
        using TorchSession session = TorchSession.Enter(2);
        using var scope = torch.NewDisposeScope();
        torch.Tensor input = torch.randn(batch, tokens, inputs), matrix = torch.randn(outputs, inputs).Times(1 / Math.Sqrt(inputs)), above = torch.randn(batch, tokens, outputs);
        torch.Tensor? bias = biased ? torch.randn(outputs) : null;
        torch.Tensor[] expected = Gradients(torch.nn.functional.linear), found = Gradients(LinearProduct.Apply), again = Gradients(LinearProduct.Apply);
        for (int i = 0; i < expected.Length; i++)
        {
            // Sums of hundreds of numbers near 1, in another order.
            Assert.True(Difference(expected[i], found[i]) < 1e-3, $"gradient {i} is off by {Difference(expected[i], found[i])}");
            Assert.Equal(0, Difference(found[i], again[i]));
        }

        torch.Tensor[] Gradients(Func<torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor> layer)
        {
            torch.Tensor[] leaves = [.. new[] { input, matrix, bias }.Where(leaf => leaf is not null).Select(leaf => leaf!.detach().clone().requires_grad_(true))];
            layer(leaves[0], leaves[1], biased ? leaves[2] : null!).backward([above]);
            return [.. leaves.Select(leaf => leaf.grad!)];
        }
    }

    private static float Difference(torch.Tensor expected, torch.Tensor actual) => (float)(expected - actual).abs().max().Number();
}

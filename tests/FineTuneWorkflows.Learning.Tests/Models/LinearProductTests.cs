using FineTuneWorkflows.Learning.Models.Layers;
using FineTuneWorkflows.Learning.Runtime;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Models;

/// <summary>The products that may be convolutions: on processors where they are not, both sides are the same.</summary>
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
        torch.Tensor input = torch.randn(batch, tokens, inputs), matrix = torch.randn(outputs, inputs) / Math.Sqrt(inputs);
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

    [Fact]
    public void Where_gradients_are_kept_it_is_libtorchs_own_to_the_bit()
    {
        using TorchSession session = TorchSession.Enter(2);
        using var scope = torch.NewDisposeScope();
        torch.Tensor input = torch.randn(4, 64, 700), matrix = torch.randn(900, 700).requires_grad_(true);
        Assert.False(LinearProduct.IsQuicker(input, matrix));
        Assert.Equal(0, Difference(torch.nn.functional.linear(input, matrix), LinearProduct.Apply(input, matrix, null)));
    }

    private static float Difference(torch.Tensor expected, torch.Tensor actual) => (expected - actual).abs().max().item<float>();
}

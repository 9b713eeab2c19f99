using FineTuneWorkflows.Foundation.Randomness;
using FineTuneWorkflows.Learning.Checkpoints;
using FineTuneWorkflows.Learning.Models;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;
using FineTuneWorkflows.Learning.Training;
using TorchSharp;

namespace FineTuneWorkflows.Learning.Tests.Training;

public class AdamWTests
{
    private static readonly TrainingOptions Options = new() { LearningRate = 0.01, WeightDecay = 0.1, GradientClip = 0.5 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ten_steps_equal_the_papers_algorithm_in_double_precision(bool fused)
    {
        using ParameterStore store = Store();
        using var optimizer = new AdamW(store.All, Options, threads: 2, fused: fused);
        double[][] expected = [.. store.All.Select(p => Values(p.Value).Select(x => (double)x).ToArray())];
        double[][] first = [.. expected.Select(x => new double[x.Length])], second = [.. expected.Select(x => new double[x.Length])];
        for (int step = 1; step <= 10; step++)
        {
            float[][] gradients = SetGradients(store, step);
            double norm = Math.Sqrt(gradients.Sum(g => g.Sum(x => (double)x * x)));
            Assert.Equal(norm, optimizer.Step(Options.LearningRate, step), 1e-5 * norm);
            double scale = Math.Min(1, Options.GradientClip / norm);
            for (int p = 0; p < expected.Length; p++)
            {
                for (int i = 0; i < expected[p].Length; i++)
                {
                    double g = gradients[p][i] * scale;
                    first[p][i] = (0.9 * first[p][i]) + (0.1 * g);
                    second[p][i] = (0.999 * second[p][i]) + (0.001 * g * g);
                    double m = first[p][i] / (1 - Math.Pow(0.9, step)), v = second[p][i] / (1 - Math.Pow(0.999, step));
                    double decay = store.All[p].Decays ? Options.WeightDecay : 0;
                    expected[p][i] -= Options.LearningRate * ((m / (Math.Sqrt(v) + 1e-8)) + (decay * expected[p][i]));
                }
            }
        }
        for (int p = 0; p < expected.Length; p++)
        {
            float[] actual = Values(store.All[p].Value);
            for (int i = 0; i < actual.Length; i++)
                Assert.True(Math.Abs(expected[p][i] - actual[i]) < 2e-6, $"{store.All[p].Name}[{i}]: {expected[p][i]} and {actual[i]}");
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        float[][] one = Run(1), three = Run(3);
        for (int i = 0; i < one.Length; i++)
            Assert.Equal(one[i], three[i]);

        static float[][] Run(int threads)
        {
            using ParameterStore store = Store();
            using var optimizer = new AdamW(store.All, Options, threads);
            for (int step = 1; step <= 3; step++)
            {
                SetGradients(store, step);
                optimizer.Step(0.01, step);
            }
            return [.. store.All.Select(p => Values(p.Value))];
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_parameter_without_gradient_stays_and_an_infinite_gradient_changes_nothing(bool fused)
    {
        using ParameterStore store = Store();
        using var optimizer = new AdamW(store.All, Options, threads: 1, fused: fused);
        float[] before = Values(store.All[1].Value);
        store.All[0].Value.grad = torch.ones_like(store.All[0].Value);
        optimizer.Step(0.01, 1);
        Assert.Equal(before, Values(store.All[1].Value));
        Assert.Null(store.All[0].Value.grad);

        float[] weight = Values(store.All[0].Value);
        foreach (float value in (float[])[float.PositiveInfinity, float.NaN])
        {
            SetGradients(store, 2);
            store.All[0].Value.grad = torch.zeros_like(store.All[0].Value).Plus(value);
            Assert.False(double.IsFinite(optimizer.Step(0.01, 2)));
            Assert.Equal(weight, Values(store.All[0].Value));
            Assert.Equal(before, Values(store.All[1].Value));
        }
        Assert.Equal(0, optimizer.Step(0.01, 2));
        Assert.Equal(weight, Values(store.All[0].Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradients_whose_squares_do_not_fit_into_32_bits_are_clipped_like_others(bool fused)
    {
        using ParameterStore store = Store();
        using var optimizer = new AdamW(store.All, Options, threads: 1, fused: fused);
        store.All[1].Value.grad = torch.zeros_like(store.All[1].Value).Plus(1e25);
        float[] before = Values(store.All[1].Value);
        Assert.Equal(1e25 * Math.Sqrt(13), optimizer.Step(0.01, 1), 1e20);
        // Adam's first step is the rate, whatever the gradient.
        Assert.All(Values(store.All[1].Value).Zip(before), pair => Assert.Equal(pair.Second - 0.01, pair.First, 1e-6));
    }

    [Fact]
    public void Lists_of_tensors_are_updated_as_the_one_pass_does_with_each_parameters_own_rate_and_decay()
    {
        float[][] expected = Run(fused: true), actual = Run(fused: false);
        for (int p = 0; p < expected.Length; p++)
            Assert.All(expected[p].Zip(actual[p]), pair => Assert.Equal(pair.First, pair.Second, 1e-6));

        static float[][] Run(bool fused)
        {
            using ParameterStore store = Store();
            ParameterInitializer.Fill(store.Add("v", ParameterKind.Weight, 40, 50), 1, seed: 1);
            using var optimizer = new AdamW(store.All, Options, threads: 1, rateShares: [1, 0.5, 0.25], fused);
            for (int step = 1; step <= 5; step++)
            {
                SetGradients(store, step);
                optimizer.Step(0.01, step, gradientScale: 0.3);
            }
            return [.. store.All.Select(p => Values(p.Value))];
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public void Moments_are_taken_back_from_a_file_by_name_whichever_way_they_came_about(bool savedFused, bool loadedFused)
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "optimizer.safetensors");
        using ParameterStore whole = Store(), resumed = Store();
        using (var optimizer = new AdamW(whole.All, Options, threads: 1, fused: savedFused))
        {
            Steps(whole, optimizer, 1, 3);
            SafetensorsWriter.Write(file, optimizer.State());
            for (int p = 0; p < whole.All.Count; p++)
            {
                using var noGrad = torch.no_grad();
                resumed.All[p].Value.copy_(whole.All[p].Value);
            }
            Steps(whole, optimizer, 4, 6);
        }
        using (var optimizer = new AdamW(resumed.All, Options, threads: 1, fused: loadedFused))
        {
            using (SafetensorsReader reader = SafetensorsReader.Open(file))
                optimizer.Load(reader);
            Steps(resumed, optimizer, 4, 6);
        }
        for (int p = 0; p < whole.All.Count; p++)
        {
            // The same way gives the same bits; the other way those of another order of the same operations.
            Assert.All(Values(whole.All[p].Value).Zip(Values(resumed.All[p].Value)), pair => Assert.Equal(pair.First, pair.Second, savedFused == loadedFused ? 0 : 1e-6));
        }

        static void Steps(ParameterStore store, AdamW optimizer, int first, int last)
        {
            for (int step = first; step <= last; step++)
            {
                SetGradients(store, step);
                optimizer.Step(0.01, step);
            }
        }
    }

    private static ParameterStore Store()
    {
        TorchRuntime.EnsureLoaded();
        var store = new ParameterStore(TorchDevice.Cpu);
        // Longer than a block and no multiple of a vector; a bias, which does not decay.
        ParameterInitializer.Fill(store.Add("w", ParameterKind.Weight, 331, 211), 1, seed: 1);
        ParameterInitializer.Fill(store.Add("b", ParameterKind.Bias, 13), 1, seed: 1);
        return store;
    }

    private static float[][] SetGradients(ParameterStore store, int step)
    {
        var gradients = new List<float[]>();
        foreach (ModelParameter parameter in store.All)
        {
            var random = new SplitMix64(DerivedSeed.For(step, parameter.Name));
            float[] values = [.. Enumerable.Range(0, (int)parameter.Value.NumberOfElements).Select(_ => (float)(0.01 * random.NextNormals().First))];
            parameter.Value.grad = torch.tensor(values).reshape(parameter.Value.shape);
            gradients.Add(values);
        }
        return [.. gradients];
    }

    private static float[] Values(torch.Tensor tensor) => tensor.detach().data<float>().ToArray();
}

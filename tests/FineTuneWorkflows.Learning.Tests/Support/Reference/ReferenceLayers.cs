namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>The layers that models are made of, in plain arithmetic, written from the papers' formulas without libtorch.</summary>
internal static class ReferenceLayers
{
    /// <summary>W x + b with W <c>[out, in]</c>; without b where there is none.</summary>
    public static Real[] Linear(ReferenceWeights weights, string name, Real[] input)
    {
        Real[] matrix = weights[name + ".weight"];
        Real[]? bias = weights.Has(name + ".bias") ? weights[name + ".bias"] : null;
        return [.. Enumerable.Range(0, matrix.Length / input.Length).Select(row =>
        {
            Real product = Real.Dot(matrix.AsSpan(row * input.Length, input.Length), input);
            return bias is null ? product : product + bias[row];
        })];
    }

    /// <summary>x W + b with W <c>[in, out]</c>, as GPT-2's checkpoints have it.</summary>
    public static Real[] Conv1D(ReferenceWeights weights, string name, Real[] input)
    {
        Real[] matrix = weights[name + ".weight"], bias = weights[name + ".bias"];
        int outputs = bias.Length;
        return [.. bias.Select((b, column) => b + Real.Sum(input.Select((x, row) => x * matrix[(row * outputs) + column])))];
    }

    /// <summary>Layer normalization (Ba et al. 2016, arXiv:1607.06450).</summary>
    public static Real[] Norm(ReferenceWeights weights, string name, Real[] input, double epsilon)
    {
        Real mean = Real.Sum(input) / input.Length;
        Real[] centred = [.. input.Select(x => x - mean)];
        Real deviation = Real.Sqrt((Real.Dot(centred, centred) / input.Length) + epsilon);
        Real[] scale = weights[name + ".weight"], shift = weights[name + ".bias"];
        return [.. centred.Select((x, i) => (x / deviation * scale[i]) + shift[i])];
    }

    /// <summary>Normalization by the root of the mean square (Zhang and Sennrich 2019, arXiv:1910.07467).</summary>
    public static Real[] RmsNorm(ReferenceWeights weights, string name, Real[] input, double epsilon)
    {
        Real root = Real.Sqrt((Real.Dot(input, input) / input.Length) + epsilon);
        Real[] scale = weights[name + ".weight"];
        return [.. input.Select((x, i) => x / root * scale[i])];
    }

    public static Real[] Add(Real[] a, Real[] b) => [.. a.Zip(b, (x, y) => x + y)];

    public static Real[] Softmax(Real[] scores)
    {
        double max = scores.Max(x => x.Value);
        Real[] powers = [.. scores.Select(x => Real.Exp(x - max))];
        Real sum = Real.Sum(powers);
        return [.. powers.Select(x => x / sum)];
    }

    /// <summary>Scaled dot-product attention (Vaswani et al. 2017, arXiv:1706.03762), several heads side by side in each vector.</summary>
    /// <param name="queries"><c>[tokens][heads x size]</c>.</param>
    /// <param name="keys"><c>[tokens][key heads x size]</c>; each serves a group of heads that stand together (Ainslie et al. 2023, arXiv:2305.13245).</param>
    /// <param name="values">The shape of <paramref name="keys"/>.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="sees">Whether token t attends to token s.</param>
    public static Real[][] Attend(Real[][] queries, Real[][] keys, Real[][] values, int heads, Func<int, int, bool> sees)
    {
        int size = queries[0].Length / heads, group = heads / (keys[0].Length / size);
        return [.. queries.Select((query, t) =>
        {
            int[] seen = [.. Enumerable.Range(0, keys.Length).Where(s => sees(t, s))];
            var context = new Real[heads * size];
            for (int head = 0; head < heads; head++)
            {
                int own = head * size, shared = head / group * size;
                Real[] shares = Softmax([.. seen.Select(s => Real.Dot(query.AsSpan(own, size), keys[s].AsSpan(shared, size)) / Math.Sqrt(size))]);
                for (int i = 0; i < size; i++)
                    context[own + i] = Real.Sum(seen.Select((s, n) => shares[n] * values[s][shared + i]));
            }
            return context;
        })];
    }
}

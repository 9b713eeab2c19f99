namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>Remembers what was computed from what, for reverse-mode differentiation (Griewank and Walther 2008, "Evaluating derivatives").</summary>
internal sealed class Tape
{
    private readonly List<(int Left, double LeftSlope, int Right, double RightSlope)> _steps = [];

    /// <summary>A value that can be differentiated for.</summary>
    public Real Variable(double value) => new(this, Add(-1, 0, -1, 0), value);

    /// <summary>The derivatives of a result for every value on the tape, by <see cref="Real.Index"/>.</summary>
    public double[] Gradients(Real result)
    {
        double[] gradients = new double[_steps.Count];
        gradients[result.Index] = 1;
        for (int i = result.Index; i >= 0; i--)
        {
            (int left, double leftSlope, int right, double rightSlope) = _steps[i];
            if (left >= 0)
                gradients[left] += leftSlope * gradients[i];
            if (right >= 0)
                gradients[right] += rightSlope * gradients[i];
        }
        return gradients;
    }

    internal int Add(int left, double leftSlope, int right, double rightSlope)
    {
        _steps.Add((left, leftSlope, right, rightSlope));
        return _steps.Count - 1;
    }
}

namespace FineTuneWorkflows.Learning.Tests.Support.Reference;

/// <summary>A double that knows how it came about if it stands on a tape; without one it is a plain number.</summary>
internal readonly struct Real(Tape? tape, int index, double value)
{
    public Tape? Tape { get; } = tape;

    public int Index { get; } = index;

    public double Value { get; } = value;

    public static implicit operator Real(double value) => new(null, -1, value);

    public static Real operator +(Real a, Real b) => Of(a, 1, b, 1, a.Value + b.Value);

    public static Real operator -(Real a, Real b) => Of(a, 1, b, -1, a.Value - b.Value);

    public static Real operator -(Real a) => 0 - a;

    public static Real operator *(Real a, Real b) => Of(a, b.Value, b, a.Value, a.Value * b.Value);

    public static Real operator /(Real a, Real b) => Of(a, 1 / b.Value, b, -a.Value / (b.Value * b.Value), a.Value / b.Value);

    public static Real Exp(Real a) => Of(a, Math.Exp(a.Value), 0, 0, Math.Exp(a.Value));

    public static Real Log(Real a) => Of(a, 1 / a.Value, 0, 0, Math.Log(a.Value));

    public static Real Sqrt(Real a) => Of(a, 0.5 / Math.Sqrt(a.Value), 0, 0, Math.Sqrt(a.Value));

    public static Real Tanh(Real a) => Of(a, 1 - (Math.Tanh(a.Value) * Math.Tanh(a.Value)), 0, 0, Math.Tanh(a.Value));

    /// <summary>The error function.</summary>
    public static Real Erf(Real a) => Of(a, 2 / Math.Sqrt(Math.PI) * Math.Exp(-a.Value * a.Value), 0, 0, ErrorFunction(a.Value));

    public static Real Sum(IEnumerable<Real> values) => values.Aggregate((a, b) => a + b);

    /// <summary>The sum of products.</summary>
    public static Real Dot(ReadOnlySpan<Real> a, ReadOnlySpan<Real> b)
    {
        Real sum = a[0] * b[0];
        for (int i = 1; i < b.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static Real Of(Real a, double aSlope, Real b, double bSlope, double value)
    {
        Tape? tape = a.Tape ?? b.Tape;
        return tape is null ? value : new Real(tape, tape.Add(a.Index, aSlope, b.Index, bSlope), value);
    }

    // Abramowitz and Stegun 7.1.6: a power series, exact to rounding for the small arguments here.
    private static double ErrorFunction(double x)
    {
        if (Math.Abs(x) > 6)
            return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum) && n < 500; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}

namespace FineTuneWorkflows.Text.TokenFiles;

/// <summary>Counts rows by length in fixed memory.</summary>
internal sealed class LengthCounter
{
    private const int Most = 65_535;

    private readonly long[] _counts = new long[Most + 1];
    private long _rows;
    private long _sum;

    public void Add(long length)
    {
        var counted = (int)Math.Min(length, Most);
        _counts[counted]++;
        _rows++;
        _sum += counted;
    }

    public LengthSummary Summary() => new()
    {
        Shortest = Percentile(0),
        Longest = Percentile(1),
        Mean = _rows == 0 ? 0 : Math.Round((double)_sum / _rows, 2),
        P50 = Percentile(0.5),
        P90 = Percentile(0.9),
        P95 = Percentile(0.95),
        P99 = Percentile(0.99),
        Histogram = Buckets(),
    };

    /// <summary>The smallest length that at least this share of the rows does not exceed.</summary>
    private int Percentile(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * _rows));
        long seen = 0;
        for (var length = 0; length <= Most; length++)
        {
            seen += _counts[length];
            if (seen >= wanted) return length;
        }
        return 0;
    }

    private List<LengthBucket> Buckets()
    {
        var buckets = new List<LengthBucket>();
        var from = 0;
        for (var power = 4; from <= Most; power *= 2)
        {
            foreach (var upTo in new[] { power, power + (power / 2) })
            {
                var end = Math.Min(upTo, Most);
                long count = 0;
                for (; from <= end; from++) count += _counts[from];
                if (count > 0) buckets.Add(new LengthBucket(end, count));
            }
        }
        return buckets;
    }
}

using System.Globalization;

namespace FineTuneWorkflows.Cli.Rendering;

/// <summary>Numbers, durations and sizes as people read them; the same in every culture.</summary>
internal static class Words
{
    /// <summary><c>0.3 s</c>, <c>42.1 s</c>, <c>3 min 05 s</c>, <c>2 h 07 min</c>.</summary>
    public static string Duration(double seconds) => seconds switch
    {
        < 59.95 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, seconds):0.0} s"),
        < 3599.5 => string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(seconds) / 60} min {(int)Math.Round(seconds) % 60:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Round(seconds / 60) / 60} h {(long)Math.Round(seconds / 60) % 60:00} min"),
    };

    /// <summary><c>512 bytes</c>, <c>3.4 MB</c>; powers of 1000.</summary>
    public static string Size(long bytes)
    {
        if (bytes < 1000)
            return string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
        var (value, unit) = ((double)bytes, 0);
        while (value >= 999.95 && unit < 4)
            (value, unit) = (value / 1000, unit + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {"kMGT"[unit - 1]}B");
    }

    /// <summary>Four significant digits; what is very large or small in powers of ten.</summary>
    public static string Number(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1e9 ? value.ToString("0", CultureInfo.InvariantCulture) : value.ToString("G4", CultureInfo.InvariantCulture);

    /// <summary>A share such as an accuracy: <c>0.812</c>.</summary>
    public static string Share(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary><c>1 stage</c>, <c>2 stages</c>.</summary>
    public static string Count(int count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? "" : "s")}");
}

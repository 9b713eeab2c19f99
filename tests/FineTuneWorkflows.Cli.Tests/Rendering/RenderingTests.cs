using CsCheck;
using FineTuneWorkflows.Cli.Rendering;
using FineTuneWorkflows.Pipelines.Journals;

namespace FineTuneWorkflows.Cli.Tests.Rendering;

public sealed class RenderingTests
{
    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(59.94, "59.9 s")]
    [InlineData(59.96, "1 min 00 s")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(3599.6, "1 h 00 min")]
    [InlineData(7620, "2 h 07 min")]
    public void Durations_are_short(double seconds, string expected) => Assert.Equal(expected, Words.Duration(seconds));

    [Theory]
    [InlineData(999, "999 bytes")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(999_960, "1.0 MB")]
    [InlineData(418_000_000, "418.0 MB")]
    [InlineData(2_500_000_000_000, "2.5 TB")]
    public void Sizes_are_short(long bytes, string expected) => Assert.Equal(expected, Words.Size(bytes));

    [Fact]
    public void A_table_has_no_blanks_at_the_ends_of_its_lines_and_aligned_columns()
    {
        var cell = Gen.String[Gen.Char['a', 'z'], 0, 6];
        Gen.Select(cell.Array[3].Array[1, 8], Gen.Bool).Sample((rows, right) =>
        {
            using var writer = new StringWriter { NewLine = "\n" };
            var table = new TextTable("One", "Two", "Three");
            if (right)
                table.AlignRight(1);
            foreach (var row in rows)
                table.Add(row[0], row[1], row[2]);
            table.Write(writer, new(false));

            var lines = writer.ToString().Split('\n')[..^1];
            Assert.Equal(rows.Length + 1, lines.Length);
            Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
            var third = lines[0].IndexOf("Three", StringComparison.Ordinal);
            for (var i = 0; i < rows.Length; i++)
                Assert.Equal(rows[i][2], lines[i + 1].Length > third ? lines[i + 1][third..] : "");
        });
    }

    [Fact]
    public void Colours_change_no_column()
    {
        var table = new TextTable("A", "B", "C").AlignRight(1);
        table.Add(new("x", "32"), new("1", "31"), "end");
        table.Add("longer", "22", "end");
        using var plain = new StringWriter();
        using var coloured = new StringWriter();
        table.Write(plain, new(false));
        table.Write(coloured, new(true));

        Assert.Contains("\e[32mx\e[0m", coloured.ToString());
        Assert.Equal(plain.ToString(), System.Text.RegularExpressions.Regex.Replace(coloured.ToString(), "\e\\[\\d+m", ""));
    }

    [Fact]
    public void A_falling_metric_is_drawn_from_the_upper_left_to_the_lower_right()
    {
        var lines = Curve.Lines([.. Enumerable.Range(0, 10).Select(i => new MetricSeries.Point(i, 9 - i))]);

        Assert.Equal(["9 █▄", "  ██▇▃", "  ████▇▂", "  ██████▆▂", "0 ████████▅▁"], lines);
    }

    [Fact]
    public void A_curve_of_one_value_or_of_none_that_is_finite_is_not_drawn()
    {
        Assert.Empty(Curve.Lines([new(0, 1)]));
        Assert.Empty(Curve.Lines([new(0, double.NaN), new(1, double.PositiveInfinity), new(2, 3)]));
        Assert.Equal(5, Curve.Lines([new(0, 2), new(1, 2)]).Count);
    }
}

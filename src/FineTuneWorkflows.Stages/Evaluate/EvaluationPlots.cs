using System.Globalization;
using FineTuneWorkflows.Learning.Metrics;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace FineTuneWorkflows.Stages.Evaluate;

/// <summary>
/// Draws an evaluation, as SVG without time stamps: <c>confusion-matrix.svg</c>, <c>calibration.svg</c> (how often predictions of a probability are right) and <c>classes.svg</c> (F1 by class, beside
/// the baseline's).
/// </summary>
internal static class EvaluationPlots
{
    // More classes than this cannot be told apart in a picture; the report has them all.
    private const int MostClasses = 60;
    private const int MostNumberedClasses = 20;

    private static readonly OxyColor Blue = OxyColor.FromRgb(0x1f, 0x77, 0xb4);
    private static readonly OxyColor Grey = OxyColor.FromRgb(0xb0, 0xb0, 0xb0);

    public static void Write(string folder, ClassificationReport report, ClassificationReport? baseline)
    {
        Save(Calibration(report), Path.Combine(folder, "calibration.svg"), 480, 420);
        if (report.Classes.Count > MostClasses)
            return;
        var side = Math.Clamp(160 + (40 * report.Classes.Count), 360, 1400);
        Save(Confusion(report), Path.Combine(folder, "confusion-matrix.svg"), side + 60, side);
        Save(Classes(report, baseline), Path.Combine(folder, "classes.svg"), 560, Math.Clamp(120 + (44 * report.Classes.Count), 220, 2800));
    }

    private static PlotModel Confusion(ClassificationReport report)
    {
        var model = Titled($"Confusion matrix, {report.Count} examples");
        var names = report.Classes.Select(c => Short(c.Name)).ToList();
        model.Axes.Add(new CategoryAxis { Position = AxisPosition.Bottom, Title = "predicted", AxisTitleDistance = 12, ItemsSource = names, Angle = names.Count > 4 ? -45 : 0, GapWidth = 0 });
        model.Axes.Add(new CategoryAxis { Position = AxisPosition.Left, Title = "true", AxisTitleDistance = 12, ItemsSource = names, StartPosition = 1, EndPosition = 0, GapWidth = 0 });
        var cells = new RectangleBarSeries { StrokeThickness = 0 };
        for (var actual = 0; actual < names.Count; actual++)
        {
            // Each row is coloured by its own size, so that a rare class can be read as well as a frequent one.
            var row = Math.Max(1, report.Confusion[actual].Sum());
            for (var predicted = 0; predicted < names.Count; predicted++)
            {
                var count = report.Confusion[actual][predicted];
                var share = (double)count / row;
                cells.Items.Add(new(predicted - 0.5, actual - 0.5, predicted + 0.5, actual + 0.5) { Color = Shade(share) });
                if (names.Count <= MostNumberedClasses)
                    model.Annotations.Add(new TextAnnotation
                    {
                        Text = count.ToString(CultureInfo.InvariantCulture),
                        TextPosition = new(predicted, actual),
                        TextHorizontalAlignment = HorizontalAlignment.Center,
                        TextVerticalAlignment = VerticalAlignment.Middle,
                        StrokeThickness = 0,
                        TextColor = share > 0.5 ? OxyColors.White : OxyColors.Black,
                    });
            }
        }

        model.Series.Add(cells);
        return model;
    }

    private static PlotModel Calibration(ClassificationReport report)
    {
        var model = Titled(string.Create(CultureInfo.InvariantCulture, $"Calibration, expected error {report.CalibrationError:0.000}"));
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Title = "probability of the predicted class", AxisTitleDistance = 12, Minimum = 0, Maximum = 1 });
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = "share predicted rightly", AxisTitleDistance = 16, Minimum = 0, Maximum = 1 });
        var ideal = new LineSeries { Title = Legend("perfectly calibrated"), Color = Grey, LineStyle = LineStyle.Dash };
        ideal.Points.AddRange([new(0, 0), new(1, 1)]);
        var measured = new LineSeries { Title = Legend("this model"), Color = Blue, MarkerType = MarkerType.Circle, MarkerSize = 4, MarkerFill = Blue };
        measured.Points.AddRange(report.Calibration.Where(b => b.Count > 0).Select(b => new DataPoint(b.Confidence, b.Accuracy)));
        model.Series.Add(ideal);
        model.Series.Add(measured);
        model.Legends.Add(new OxyPlot.Legends.Legend { LegendPosition = OxyPlot.Legends.LegendPosition.LeftTop, LegendLineSpacing = 6 });
        return model;
    }

    private static PlotModel Classes(ClassificationReport report, ClassificationReport? baseline)
    {
        var model = Titled("F1 by class");
        model.Axes.Add(new CategoryAxis { Position = AxisPosition.Left, ItemsSource = report.Classes.Select(c => Short(c.Name)).ToList(), StartPosition = 1, EndPosition = 0 });
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, Minimum = 0, Maximum = 1, Title = "F1", AxisTitleDistance = 12 });
        model.Series.Add(Bars("this model", Blue, report));
        if (baseline is not null)
        {
            model.Series.Add(Bars("baseline", Grey, baseline));
            model.Legends.Add(new OxyPlot.Legends.Legend { LegendPosition = OxyPlot.Legends.LegendPosition.RightTop, LegendPlacement = OxyPlot.Legends.LegendPlacement.Outside, LegendLineSpacing = 6 });
        }

        return model;
    }

    private static BarSeries Bars(string title, OxyColor color, ClassificationReport report)
    {
        var bars = new BarSeries { Title = Legend(title), FillColor = color, LabelPlacement = LabelPlacement.Inside, LabelFormatString = "{0:0.00}" };
        bars.Items.AddRange(report.Classes.Select(c => new BarItem(c.F1)));
        return bars;
    }

    private static PlotModel Titled(string title) => new() { Title = title, TitleFontSize = 14, DefaultFont = "Arial", Padding = new(12), Background = OxyColors.White, Culture = CultureInfo.InvariantCulture };

    private static OxyColor Shade(double share) => OxyColor.Interpolate(OxyColors.White, Blue, share);

    // The library measures texts narrower than browsers draw them, and clips a legend to what it measured.
    private static string Legend(string text) => text + new string('\u2003', 1 + (text.Length / 8));

    private static string Short(string name) => name.Length <= 24 ? name : name[..23] + "…";

    private static void Save(PlotModel model, string path, double width, double height)
    {
        using var stream = File.Create(path);
        new SvgExporter { Width = width, Height = height }.Export(model, stream);
    }
}

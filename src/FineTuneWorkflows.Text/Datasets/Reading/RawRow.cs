using FineTuneWorkflows.Text.Files;

namespace FineTuneWorkflows.Text.Datasets.Reading;

/// <summary>A row as a format's reader hands it on: an example, or why it could not be read.</summary>
/// <param name="Line">The line on which the row begins, counted from 1.</param>
/// <param name="Example">The example; null where there is a problem.</param>
/// <param name="Split">The split field; null where it is absent or not wanted.</param>
/// <param name="Group">The group field; null where it is absent or not wanted.</param>
/// <param name="Problem">Why the row is none, or null.</param>
/// <param name="IsLeftOut">Whether the row says itself that it is not to be learned from.</param>
/// <param name="Advice">Options that would help; null or none where nobody knows any.</param>
internal readonly record struct RawRow(long Line, TextExample? Example, string? Split, string? Group, string? Problem, bool IsLeftOut = false, IReadOnlyList<OptionAdvice>? Advice = null)
{
    /// <summary>Makes the example; what is wrong with it becomes the row's problem.</summary>
    public static RawRow Of(long line, string? split, string? group, Func<TextExample> example)
    {
        try
        {
            return new RawRow(line, example(), split, group, null);
        }
        catch (RowException e)
        {
            return new RawRow(line, null, null, null, e.Message, Advice: e.Advice);
        }
        catch (LeftOutException)
        {
            return new RawRow(line, null, null, null, null, IsLeftOut: true);
        }
    }

    public static RawRow Bad(long line, string problem) => new(line, null, null, null, problem);

    public static RawRow Bad(long line, LineProblem problem) => new(line, null, null, null, problem.Text, Advice: problem.Advice);
}

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>A labelled stretch of a text.</summary>
/// <param name="Start">The first UTF-16 character.</param>
/// <param name="End">The character after the last.</param>
/// <param name="Label">The kind of entity, for instance <c>PER</c>.</param>
public sealed record EntitySpan(int Start, int End, string Label)
{
    /// <summary>Entities of one text in their order.</summary>
    /// <exception cref="ArgumentException">One lies outside the text, or two overlap.</exception>
    internal static List<EntitySpan> Checked(IReadOnlyList<EntitySpan> entities, int length)
    {
        ArgumentNullException.ThrowIfNull(entities);
        var sorted = entities.OrderBy(e => e.Start).ThenBy(e => e.End).ToList();
        for (var i = 0; i < sorted.Count; i++)
        {
            var (start, end, label) = sorted[i];
            if (start < 0 || end <= start || end > length)
                throw new ArgumentException($"The entity '{label}' from {start} to {end} does not lie in a text of {length} characters.", nameof(entities));
            if (i > 0 && start < sorted[i - 1].End)
                throw new ArgumentException($"The entities '{sorted[i - 1].Label}' and '{label}' overlap at {start}.", nameof(entities));
        }
        return sorted;
    }
}

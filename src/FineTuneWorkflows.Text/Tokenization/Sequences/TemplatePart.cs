namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>A part of a template: a special token, or the place of a text.</summary>
/// <param name="Text">0 or 1 for the first or second text, -1 for a special token.</param>
/// <param name="Id">The special token.</param>
/// <param name="Type">The type id of the part's tokens.</param>
internal readonly record struct TemplatePart(int Text, int Id, int Type)
{
    public static TemplatePart Special(int id, int type) => new(-1, id, type);

    public static TemplatePart First(int type) => new(0, 0, type);

    public static TemplatePart Second(int type) => new(1, 0, type);
}

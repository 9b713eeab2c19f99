namespace FineTuneWorkflows.Text.Labelling;

/// <summary>Words that came divided with the data.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="DividedFurther">How many of them are several words where the text itself is divided, as <c>U.S.</c> or <c>北京</c>: a model learned them as one, and finds them divided in a text.</param>
/// <param name="Example">One of those; null where there are none.</param>
public sealed record GivenWords(long Count, long DividedFurther, string? Example = null);

namespace FineTuneWorkflows.Text.Labelling;

/// <summary>What to do with an entity that begins or ends inside a word.</summary>
public enum MisalignedSpans
{
    /// <summary>It takes the whole word. Of two entities that want one word, the one with more of its characters gets it, of equal ones the first.</summary>
    Widen,

    /// <summary>It is left out: its words count as outside all entities.</summary>
    Drop,

    /// <summary>The row is a bad row.</summary>
    Refuse,
}

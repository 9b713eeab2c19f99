namespace FineTuneWorkflows.Learning.Models;

/// <summary>Which part of a model a parameter belongs to; it decides whether a base model must have it.</summary>
internal enum ParameterRole
{
    /// <summary>Below the head: every base of the family has it.</summary>
    Backbone,

    /// <summary>Of the head, whatever its classes: taken from a base that has it, else fresh.</summary>
    HeadBody,

    /// <summary>Of the head, one row for each class: taken from a base that has the same task and classes, else fresh.</summary>
    HeadOutput,

    /// <summary>An adapter's, in no base.</summary>
    Adapter,
}

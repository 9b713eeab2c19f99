namespace FineTuneWorkflows.Learning.Tests.Training.Resuming;

/// <summary>A family and a task.</summary>
internal enum ModelKind
{
    BertClasses,
    BertMultiLabel,
    BertTokens,
    BertMasked,
    DistilBertTokens,
    Gpt2Classes,
    Gpt2Causal,
    LlamaCausal,
}

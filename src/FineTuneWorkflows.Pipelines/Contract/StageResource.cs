namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>A scarce thing that a running stage holds.</summary>
public enum StageResource
{
    /// <summary>A place among the stages that run at once.</summary>
    Cpu,

    /// <summary>A place as above, and the home's GPU slot, which one stage holds at a time, whichever process it runs in.</summary>
    Gpu,
}

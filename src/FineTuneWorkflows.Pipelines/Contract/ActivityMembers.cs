namespace FineTuneWorkflows.Pipelines.Contract;

/// <summary>What Elsa's activities carry besides their inputs. No parameter may have such a name: a definition could not set it.</summary>
internal static class ActivityMembers
{
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "nodeId", "name", "displayName", "description", "type", "version", "customProperties", "metadata", "syntheticProperties", "runAsynchronously", "canStartWorkflow",
        "commitStrategy", "resilienceStrategy", "mergeMode", "result",
    };

    public static bool IsReserved(string name) => Reserved.Contains(name);
}

namespace FineTuneWorkflows.Text.Sources.Hub;

/// <summary>The hub did not answer, so that only the cache can help.</summary>
internal sealed class HubUnreachableException(string problem, string place) : TextDataException(problem, place);

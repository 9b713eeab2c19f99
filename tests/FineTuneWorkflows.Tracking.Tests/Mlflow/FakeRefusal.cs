namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

/// <summary>What the fake server refuses.</summary>
internal sealed class FakeRefusal(string code, string message, int status = 400) : Exception(message)
{
    public string Code { get; } = code;

    public int Status { get; } = status;

    public static FakeRefusal Missing(string message) => new("RESOURCE_DOES_NOT_EXIST", message, 404);

    public static FakeRefusal Invalid(string message) => new("INVALID_PARAMETER_VALUE", message);
}

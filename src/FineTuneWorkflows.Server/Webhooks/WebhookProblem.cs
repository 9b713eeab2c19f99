namespace FineTuneWorkflows.Server.Webhooks;

/// <summary>What is wrong with a webhook's body.</summary>
/// <param name="Field">The field, or an empty text where it is the body as a whole.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record WebhookProblem(string Field, string Message);

using Elsa.Http;
using Elsa.Http.Bookmarks;
using Elsa.Workflows;
using Elsa.Workflows.Runtime;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Server.Hosting;
using FineTuneWorkflows.Server.Runs;

namespace FineTuneWorkflows.Server.Webhooks;

/// <summary>
/// Stands before Elsa's HTTP triggers: lets nobody through without a valid credential, takes the credentials off the request, and starts workflows that have stages itself, with their properties
/// from the body. Any other workflow with an HTTP trigger is served by Elsa behind it.
/// </summary>
internal sealed class WebhookGuard(
    RequestDelegate next, WebhookAuthenticator authenticator, WebhookDeliveries deliveries, WebhookStarter starter, StageCatalog catalog, ServerOptions options, IIdentityGenerator ids)
{
    private const string IdempotencyHeader = "Idempotency-Key";
    private const int LongestKey = 200;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments(ElsaSetup.HooksPath, StringComparison.OrdinalIgnoreCase, out var rest))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var headers = context.Request.Headers;
        var route = $"/{(rest.Value ?? "").Trim('/')}";
        var verdict = await authenticator.CheckAsync(headers, route, context.RequestAborted).ConfigureAwait(false);
        if (verdict == WebhookAuthenticator.Verdict.Refused)
        {
            await AnswerAsync(context, StatusCodes.Status401Unauthorized, new { error = "a valid API key or signature is needed" }).ConfigureAwait(false);
            return;
        }

        if (await ReadAsync(context).ConfigureAwait(false) is not { } body)
        {
            await AnswerAsync(context, StatusCodes.Status413PayloadTooLarge, new { error = $"the body is longer than {options.WebhookLimit} bytes" }).ConfigureAwait(false);
            return;
        }

        if (verdict == WebhookAuthenticator.Verdict.NeedsBody && !authenticator.IsSigned(headers, body))
        {
            await AnswerAsync(context, StatusCodes.Status401Unauthorized, new { error = "a valid API key or signature is needed" }).ConfigureAwait(false);
            return;
        }

        // A signed call that is sent again within the window is the same delivery, whatever its other headers say: they are not signed. Hexadecimal digits mean the same in either case.
        var key = headers[IdempotencyHeader].ToString();
        var signature = verdict == WebhookAuthenticator.Verdict.NeedsBody ? headers[WebhookAuthenticator.SignatureHeader].ToString().ToLowerInvariant() : "";
        foreach (var header in WebhookAuthenticator.CredentialHeaders)
            headers.Remove(header);
        context.Request.Body = new MemoryStream(body);
        if (key.Length > LongestKey)
            await AnswerAsync(context, StatusCodes.Status400BadRequest, new { error = $"{IdempotencyHeader} is longer than {LongestKey} characters" }).ConfigureAwait(false);
        else
            await HandleAsync(context, route, [key, signature], body).ConfigureAwait(false);
    }

    private async Task HandleAsync(HttpContext context, string route, IReadOnlyList<string> keys, byte[] body)
    {
        var services = context.RequestServices;
        var hash = services.GetRequiredService<IStimulusHasher>().Hash(HttpStimulusNames.HttpEndpoint, new HttpEndpointBookmarkPayload(route, context.Request.Method.ToLowerInvariant()));
        var found = await services.GetRequiredService<IHttpWorkflowLookupService>().FindWorkflowAsync(hash, context.RequestAborted).ConfigureAwait(false);
        if (found is not { WorkflowGraph: { } graph } || found.Triggers.Count != 1 || !graph.Nodes.Any(n => catalog.Find(n.Activity.Type) is not null))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var inputs = WebhookInputs.Read(graph.Workflow, body);
        if (inputs.Problems.Count > 0)
        {
            await AnswerAsync(context, StatusCodes.Status400BadRequest, new { error = inputs.Problems[0].Message, problems = inputs.Problems }).ConfigureAwait(false);
            return;
        }

        var instanceId = ids.GenerateId();
        foreach (var key in keys.Where(k => k.Length > 0))
        {
            if (await deliveries.RegisterAsync(route, key, body, instanceId, context.RequestAborted).ConfigureAwait(false) is not { } registered)
            {
                await AnswerAsync(context, StatusCodes.Status422UnprocessableEntity, new { error = "this idempotency key was used with another body before" }).ConfigureAwait(false);
                return;
            }

            instanceId = registered;
        }

        await starter.StartAsync(services, instanceId, found.Triggers.Single(), context.Request.Path.Value!, inputs).ConfigureAwait(false);
        if (context.Response.HasStarted)
            return;
        context.Response.Headers.Location = RunEndpoints.AddressOf(instanceId);
        await AnswerAsync(context, StatusCodes.Status202Accepted, new { instanceId, statusUrl = RunEndpoints.AddressOf(instanceId) }).ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, int status, object answer)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(answer, context.RequestAborted);
    }

    /// <returns>The body, or null where it is too long.</returns>
    private async Task<byte[]?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > options.WebhookLimit)
            return null;
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0;)
            {
                if (body.Length + read > options.WebhookLimit)
                    return null;
                body.Write(buffer, 0, read);
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }

        return body.ToArray();
    }
}

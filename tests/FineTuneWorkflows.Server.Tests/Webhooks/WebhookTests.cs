using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Webhooks;

public class WebhookTests(SharedServer shared)
{
    private static readonly string Body = """{"Steps": 2}""";

    private ServerClient Client => shared.Client;

    [Fact]
    public async Task A_call_with_the_key_starts_an_instance_with_the_bodys_properties_and_tells_where_to_look()
    {
        var path = await PublishAsync("hook-starts");

        using var response = await SendAsync(path, Body);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        var finished = await Client.UntilFinishedAsync(answer["instanceId"]!.GetValue<string>());

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/api/runs/{answer["instanceId"]}", answer["statusUrl"]!.GetValue<string>());
        Assert.Equal(2, finished.Stage("Work")["metrics"]!["steps"]!.GetValue<double>());
    }

    [Theory]
    [InlineData("""{"Stepz": 2}""", "Stepz", "did you mean Steps?")]
    [InlineData("""{"Steps": "two"}""", "Steps", "wants a whole number, got 'two'")]
    [InlineData("""{"Steps": "2"}""", "Steps", "wants a whole number, got '2'")]
    [InlineData("""{"Steps": 2.5}""", "Steps", "wants a whole number, got 2.5")]
    [InlineData("""[1]""", "", "must be a JSON object")]
    [InlineData("""{"Steps": """, "", "not JSON: line 1")]
    public async Task A_wrong_body_is_refused_by_field_and_starts_nothing(string body, string field, string message)
    {
        var path = await PublishAsync("hook-wrong");

        using var response = await SendAsync(path, body);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["problems"]![0]!;

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(field, problem["field"]!.GetValue<string>());
        Assert.Contains(message, problem["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(0, await InstancesAsync("hook-wrong"));
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_valid_credential()
    {
        var path = await PublishAsync("hook-guarded");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        foreach (var (name, prepare) in new (string, Action<HttpRequestMessage>)[]
        {
            ("none", _ => { }),
            ("wrong key", r => r.Headers.Add("X-Api-Key", "wrong-key-0123456789-0123")),
            ("wrong scheme", r => r.Headers.TryAddWithoutValidation("Authorization", $"Basic {ServerProcess.ApiKey}")),
            ("wrong signature", r => Sign(r, now, Body, "another secret")),
            ("signature of another body", r => Sign(r, now, "{}", ServerProcess.WebhookSecret)),
            ("stale", r => Sign(r, now - 3600, Body, ServerProcess.WebhookSecret)),
            ("from the future", r => Sign(r, now + 3600, Body, ServerProcess.WebhookSecret)),
            ("no time", r => r.Headers.Add("X-Signature-256", "sha256=" + new string('0', 64))),
            ("no hexadecimal", r => { Sign(r, now, Body, ServerProcess.WebhookSecret); r.Headers.Remove("X-Signature-256"); r.Headers.Add("X-Signature-256", "sha256=zz"); }),
        })
        {
            using var request = Request(path, Body);
            prepare(request);
            using var response = await Client.Anonymous.SendAsync(request);
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{name}: {response.StatusCode}");
        }

        Assert.Equal(0, await InstancesAsync("hook-guarded"));
    }

    [Fact]
    public async Task A_signed_call_that_is_replayed_and_a_delivery_that_is_repeated_start_nothing_new()
    {
        var path = await PublishAsync("hook-once");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        var signed = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => InstanceOfAsync(path, Body, r => Sign(r, now, Body, ServerProcess.WebhookSecret))));
        var keyed = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => InstanceOfAsync(path, Body, r => { r.Headers.Add("X-Api-Key", ServerProcess.ApiKey); r.Headers.Add("Idempotency-Key", "delivery-1"); })));
        using var other = Request(path, "{}");
        other.Headers.Add("X-Api-Key", ServerProcess.ApiKey);
        other.Headers.Add("Idempotency-Key", "delivery-1");
        using var reused = await Client.Anonymous.SendAsync(other);

        Assert.Single(signed.Distinct());
        Assert.Single(keyed.Distinct());
        Assert.NotEqual(signed[0], keyed[0]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reused.StatusCode);
        await Client.UntilFinishedAsync(signed[0]);
        await Client.UntilFinishedAsync(keyed[0]);
        Assert.Equal(2, await InstancesAsync("hook-once"));
    }

    [Fact]
    public async Task A_captured_signature_starts_nothing_new_under_another_key_or_in_other_letters()
    {
        var path = await PublishAsync("hook-captured");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        var first = await InstanceOfAsync(path, Body, r => { Sign(r, now, Body, ServerProcess.WebhookSecret); r.Headers.Add("Idempotency-Key", "mine"); });
        var bare = await InstanceOfAsync(path, Body, r => Sign(r, now, Body, ServerProcess.WebhookSecret));
        var renamed = await InstanceOfAsync(path, Body, r => { Sign(r, now, Body, ServerProcess.WebhookSecret); r.Headers.Add("Idempotency-Key", "another"); });
        var capital = await InstanceOfAsync(path, Body, r =>
        {
            Sign(r, now, Body, ServerProcess.WebhookSecret);
            var signature = r.Headers.GetValues("X-Signature-256").Single();
            r.Headers.Remove("X-Signature-256");
            r.Headers.Add("X-Signature-256", signature.ToUpperInvariant());
        });
        var shouted = await InstanceOfAsync(path.Replace("captured", "CAPTURED", StringComparison.Ordinal), Body, r => Sign(r, now, Body, ServerProcess.WebhookSecret));
        var signedAnew = await InstanceOfAsync(path, Body, r => { Sign(r, now + 1, Body, ServerProcess.WebhookSecret); r.Headers.Add("Idempotency-Key", "mine"); });

        Assert.Equal([first, first, first, first, first], [bare, renamed, capital, shouted, signedAnew]);
        await Client.UntilFinishedAsync(first);
        Assert.Equal(1, await InstancesAsync("hook-captured"));
    }

    [Fact]
    public async Task A_body_of_ten_megabytes_is_too_long_whether_it_says_its_length_or_not()
    {
        var path = await PublishAsync("hook-long");
        var body = new byte[10 << 20];

        foreach (var chunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = chunked ? new StreamContent(new Unseekable(body)) : new ByteArrayContent(body) };
            request.Headers.Add("X-Api-Key", ServerProcess.ApiKey);
            request.Headers.ExpectContinue = true;
            using var response = await Client.Anonymous.SendAsync(request);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        }

        Assert.Equal(0, await InstancesAsync("hook-long"));
    }

    [Fact]
    public async Task No_credential_reaches_the_database()
    {
        var path = await PublishAsync("hook-history");
        using var response = await SendAsync(path, Body);
        await Client.UntilFinishedAsync(JsonNode.Parse(await response.Content.ReadAsStringAsync())!["instanceId"]!.GetValue<string>());

        foreach (var file in Directory.GetFiles(Path.Combine(shared.Folder.Home, "server"), "*.db*").Where(f => f.EndsWith(".db", StringComparison.Ordinal) || f.EndsWith("-wal", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            Assert.DoesNotContain(ServerProcess.ApiKey, await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_path_that_no_workflow_serves_is_not_found()
    {
        using var response = await SendAsync("/hooks/nowhere", "{}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_path_with_a_placeholder_is_refused_because_the_body_would_be_dropped()
    {
        var definition = TestDefinitions.Flowchart(
            "hook-template",
            [("Hook", "Elsa.HttpEndpoint", new { path = "hook-template/{name}", supportedMethods = new[] { "POST" }, customProperties = new { canStartWorkflow = true } }), ("Make", "Test.Make", new { })],
            ["Hook>Make"], ("Steps", "Int32", 1));
        using var publish = await Client.Http.PostAsJsonAsync("/elsa/api/workflow-definitions", new { publish = true, model = definition });
        using var call = await SendAsync("/hooks/hook-template/x", Body);

        Assert.Equal(HttpStatusCode.BadRequest, publish.StatusCode);
        Assert.Contains("Hook: Path 'hook-template/{name}' has a placeholder", JsonNode.Parse(await publish.Content.ReadAsStringAsync())!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, call.StatusCode);
    }

    [Fact]
    public async Task A_thousand_calls_at_once_each_get_the_right_answer()
    {
        var path = await PublishAsync("hook-many");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var long1 = new string(' ', 2 << 20);
        var kinds = new (HttpStatusCode Expected, Func<int, HttpRequestMessage> Make)[]
        {
            (HttpStatusCode.Unauthorized, _ => Request(path, Body)),
            (HttpStatusCode.Unauthorized, i => Prepared(path, Body, r => Sign(r, now - 7200 - i, Body, ServerProcess.WebhookSecret))),
            (HttpStatusCode.Unauthorized, _ => Prepared(path, Body, r => Sign(r, now, Body, "wrong"))),
            (HttpStatusCode.BadRequest, _ => Prepared(path, "{", r => r.Headers.Add("X-Api-Key", ServerProcess.ApiKey))),
            (HttpStatusCode.BadRequest, i => Prepared(path, $$"""{"Nope{{i}}": 1}""", r => r.Headers.Add("X-Api-Key", ServerProcess.ApiKey))),
            (HttpStatusCode.RequestEntityTooLarge, i => Prepared(path, i % 100 == 5 ? long1 : new string(' ', (1 << 20) + 1), r => { r.Headers.Add("X-Api-Key", ServerProcess.ApiKey); r.Headers.ExpectContinue = true; })),
            (HttpStatusCode.Accepted, _ => Prepared(path, Body, r => Sign(r, now, Body, ServerProcess.WebhookSecret))),
            (HttpStatusCode.Accepted, i => Prepared(path, Body, r => { r.Headers.Add("X-Api-Key", ServerProcess.ApiKey); r.Headers.Add("Idempotency-Key", $"many-{i % 10}"); })),
        };

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
        {
            var (expected, make) = kinds[i % kinds.Length];
            using var request = make(i);
            using var response = await Client.Anonymous.SendAsync(request);
            return (Expected: expected, response.StatusCode);
        }));

        Assert.All(answers, a => Assert.Equal(a.Expected, a.StatusCode));
        // One signed delivery, and the keys many-1, 3, 5, 7, 9 of the numbers 7, 15, 23, ...
        Assert.Equal(1 + 5, await InstancesAsync("hook-many"));
    }

    private static HttpRequestMessage Request(string path, string body) => new(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private static HttpRequestMessage Prepared(string path, string body, Action<HttpRequestMessage> prepare)
    {
        var request = Request(path, body);
        prepare(request);
        return request;
    }

    private static void Sign(HttpRequestMessage request, long seconds, string body, string secret)
    {
        var time = seconds.ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("X-Timestamp", time);
        request.Headers.Add("X-Signature-256", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}"))));
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string body)
    {
        using var request = Prepared(path, body, r => r.Headers.Add("X-Api-Key", ServerProcess.ApiKey));
        return await Client.Anonymous.SendAsync(request);
    }

    private async Task<string> InstanceOfAsync(string path, string body, Action<HttpRequestMessage> prepare)
    {
        using var request = Prepared(path, body, prepare);
        using var response = await Client.Anonymous.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, text);
        return JsonNode.Parse(text)!["instanceId"]!.GetValue<string>();
    }

    private async Task<int> InstancesAsync(string definitionId) =>
        (await Client.GetAsync($"/elsa/api/workflow-instances?definitionId={definitionId}&page=0&pageSize=1"))["totalCount"]!.GetValue<int>();

    private async Task<string> PublishAsync(string id)
    {
        await Client.PublishAsync(TestDefinitions.Flowchart(
            id,
            [
                ("Hook", "Elsa.HttpEndpoint", new { path = id, supportedMethods = new[] { "POST" }, customProperties = new { canStartWorkflow = true } }),
                ("Make", "Test.Make", new { text = id }),
                ("Work", "Test.Work", new { steps = "$Steps" }),
            ],
            ["Hook>Make", "Make>Work"],
            ("Steps", "Int32", 1)));
        return $"/hooks/{id}";
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}

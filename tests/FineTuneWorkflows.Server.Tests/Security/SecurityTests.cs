using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FineTuneWorkflows.Server.Security;
using FineTuneWorkflows.Server.Tests.Support;

namespace FineTuneWorkflows.Server.Tests.Security;

public partial class SecurityTests(SharedServer shared)
{
    [Fact]
    public async Task The_admin_logs_in_with_the_password_and_nobody_with_another()
    {
        var token = await LogInAsync(ServerProcess.Password);
        var refused = await LogInAsync("wrong");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/elsa/api/workflow-definitions");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await shared.Client.Anonymous.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(refused);
    }

    [Theory]
    [InlineData("/elsa/api/workflow-definitions")]
    [InlineData("/elsa/api/workflow-instances")]
    [InlineData("/api/runs/any")]
    [InlineData("/api/definitions")]
    public async Task Nothing_is_told_without_a_credential_or_with_a_wrong_one(string path)
    {
        using var none = await shared.Client.Anonymous.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", "ApiKey not-the-api-key-000000");
        using var wrong = await shared.Client.Anonymous.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
    }

    [Fact]
    public async Task The_first_start_tells_its_secrets_once_and_keeps_only_hashes()
    {
        using var folder = new TestFolder();
        string key;
        await using (var first = await ServerProcess.StartAsync(typeof(SecurityTests).Assembly.Location, ["serve"], folder, setsSecrets: false))
        {
            key = KeyLine().Match(first.Output).Groups["key"].Value;
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/definitions");
            request.Headers.TryAddWithoutValidation("Authorization", $"ApiKey {key}");
            using var response = await first.Client.Anonymous.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains("Password of admin: ", first.Output, StringComparison.Ordinal);
        }

        await using (var second = await ServerProcess.StartAsync(typeof(SecurityTests).Assembly.Location, ["serve"], folder, setsSecrets: false))
            Assert.DoesNotContain("API key: ", second.Output, StringComparison.Ordinal);
        Assert.True(key.Length >= 32);
        foreach (var file in Directory.EnumerateFiles(folder.Home, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(key, System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Home, "server", "signing.key")));
    }

    [Fact]
    public async Task A_key_that_is_too_short_is_refused_at_the_start()
    {
        using var folder = new TestFolder();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProcess.StartAsync(folder, "--FINETUNE_API_KEY", "short"));

        Assert.Contains("FINETUNE_API_KEY must have at least 20 characters; it has 5", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hash_fits_its_secret_only_and_two_hashes_of_one_secret_differ()
    {
        var hash = SecretHash.OfPassword("secret");

        Assert.True(SecretHash.Verify("secret", hash));
        Assert.False(SecretHash.Verify("Secret", hash));
        Assert.NotEqual(hash, SecretHash.OfPassword("secret"));
    }

    private async Task<string?> LogInAsync(string password)
    {
        using var response = await shared.Client.Anonymous.PostAsJsonAsync("/elsa/api/identity/login", new { username = "admin", password });
        return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync())!["accessToken"]?.GetValue<string>() : null;
    }

    [GeneratedRegex(@"API key: (?<key>\S+)")]
    private static partial Regex KeyLine();
}

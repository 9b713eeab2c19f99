using System.Net;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Pipelines.Sources;
using FineTuneWorkflows.Stages.FetchData;

namespace FineTuneWorkflows.Stages.Tests.FetchData;

/// <summary>Which hosts a download may ask, and what goes along when one sends on to another.</summary>
public sealed class BoundedHttpHandlerTests
{
    private static readonly AllowedSources Allowed = AllowedSources.Of([], ["a.test", "b.test"], "SETTING lists them");

    [Fact]
    public async Task A_host_that_is_not_allowed_is_never_asked_not_even_where_an_allowed_one_sends_on_to_it()
    {
        var web = new Web(("https://a.test/x", "https://evil.test/x"));

        var direct = await Assert.ThrowsAsync<StageException>(() => GetAsync(web, "https://evil.test/x"));
        var redirected = await Assert.ThrowsAsync<StageException>(() => GetAsync(web, "https://a.test/x"));

        Assert.Equal("evil.test is not an allowed host; SETTING lists them", direct.Message);
        Assert.Equal(direct.Message, redirected.Message);
        Assert.Equal(["https://a.test/x"], web.Asked.Select(a => a.Address));
    }

    [Fact]
    public async Task A_redirect_to_another_allowed_host_is_followed_without_the_credentials_of_the_first()
    {
        var web = new Web(("https://a.test/x", "/y"), ("https://a.test/y", "https://b.test/z"));

        using var answer = await GetAsync(web, "https://a.test/x");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([("https://a.test/x", true), ("https://a.test/y", true), ("https://b.test/z", false)], web.Asked);
    }

    [Theory]
    [InlineData("ftp://a.test/x", "a.test redirects to an address that is not http or https")]
    [InlineData("http://a.test:99999/", "a.test redirects to an address that is not http or https")]
    [InlineData("http://b.test/x", "a.test redirects from https to http, which is refused")]
    public async Task A_redirect_that_cannot_be_followed_is_an_error_in_words(string location, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<StageException>(() => GetAsync(new Web(("https://a.test/x", location)), "https://a.test/x"))).Message);

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        var web = new Web(("https://a.test/x", "https://a.test/x"));

        using var answer = await GetAsync(web, "https://a.test/x");

        Assert.Equal((HttpStatusCode.Found, 11), (answer.StatusCode, web.Asked.Count));
    }

    private static async Task<HttpResponseMessage> GetAsync(Web web, string address)
    {
        using var client = new HttpMessageInvoker(new BoundedHttpHandler(Allowed) { InnerHandler = web });
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new("Bearer", "secret");
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Sends on from some addresses to others.</summary>
    private sealed class Web(params (string From, string To)[] redirects) : HttpMessageHandler
    {
        public List<(string Address, bool HasCredentials)> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var address = request.RequestUri!.AbsoluteUri;
            Asked.Add((address, request.Headers.Authorization is not null));
            var response = new HttpResponseMessage(HttpStatusCode.OK);
            if (redirects.FirstOrDefault(r => r.From == address).To is { } to)
            {
                response.StatusCode = HttpStatusCode.Found;
                response.Headers.TryAddWithoutValidation("Location", to);
            }

            return Task.FromResult(response);
        }
    }
}

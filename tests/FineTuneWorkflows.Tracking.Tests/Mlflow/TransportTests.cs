using System.Net;
using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

public sealed class TransportTests : IAsyncDisposable
{
    private readonly FakeMlflow _server = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MlflowOptions Options => new() { TrackingUri = _server.Uri, RetryDelay = TimeSpan.FromMilliseconds(1) };

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(nameof(Fault.TooMany))]
    [InlineData(nameof(Fault.InternalError))]
    [InlineData(nameof(Fault.Unavailable))]
    [InlineData(nameof(Fault.UnavailableAfterDoing))]
    [InlineData(nameof(Fault.DroppedBeforeDoing))]
    [InlineData(nameof(Fault.DroppedAfterDoing))]
    [InlineData(nameof(Fault.HalfAnswer))]
    [InlineData(nameof(Fault.Nonsense))]
    public async Task What_is_safe_to_repeat_is_repeated_up_to_the_limit(string fault)
    {
        using var client = new MlflowClient(Options);
        _server.Faults = (number, _) => number < 3 ? Enum.Parse<Fault>(fault) : Fault.None;
        Assert.Equal("Default", (await client.Experiments.GetAsync("0", Cancel)).Name);
        _server.Faults = (_, _) => Enum.Parse<Fault>(fault);
        var before = _server.Requests;
        var error = await Assert.ThrowsAsync<MlflowException>(() => client.Experiments.GetAsync("0", Cancel));
        Assert.True(error.IsTransient);
        Assert.InRange(_server.Requests - before, 4, 8); // The runtime itself sends a request again on a connection that was closed under it.
    }

    [Theory]
    [InlineData(nameof(Fault.UnavailableAfterDoing))]
    [InlineData(nameof(Fault.HalfAnswer))]
    [InlineData(nameof(Fault.Nonsense))]
    [InlineData(nameof(Fault.InternalError))]
    public async Task A_run_that_may_have_been_made_is_not_made_again(string fault)
    {
        using var client = new MlflowClient(Options);
        _server.Faults = (_, _) => Enum.Parse<Fault>(fault);
        var error = await Assert.ThrowsAsync<MlflowException>(() => client.Runs.CreateAsync("0", "r", 1, cancellation: Cancel));
        Assert.True(error.MayHaveHappened);
        Assert.Equal(1, _server.Requests);
    }

    [Fact]
    public async Task A_run_that_was_not_made_because_of_the_rate_is_asked_for_again()
    {
        using var client = new MlflowClient(Options);
        _server.Faults = (number, _) => number == 0 ? Fault.TooMany : Fault.None;
        await client.Runs.CreateAsync("0", "r", 1, cancellation: Cancel);
        Assert.Single(_server.State.Runs);
    }

    [Fact]
    public async Task A_refusal_is_not_repeated_and_carries_the_server_s_words()
    {
        using var client = new MlflowClient(Options);
        var error = await Assert.ThrowsAsync<MlflowException>(() => client.Experiments.GetAsync("404", Cancel));
        Assert.Equal(("RESOURCE_DOES_NOT_EXIST", HttpStatusCode.NotFound, false), (error.ErrorCode, error.Status, error.IsTransient));
        Assert.Contains("No Experiment with id=404 exists", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, _server.Requests);
    }

    [Theory]
    [InlineData("http://ann:p%40ss@{0}", null, null, null, "Basic YW5uOnBAc3M=")]
    [InlineData("http://{0}", "ann", "p@ss", "ignored", "Basic YW5uOnBAc3M=")]
    [InlineData("http://{0}", null, null, "tok", "Bearer tok")]
    [InlineData("http://{0}", null, null, null, null)]
    public async Task Credentials_go_into_the_header_and_nowhere_else(string uri, string? user, string? password, string? token, string? expected)
    {
        var options = Options with
        {
            TrackingUri = new Uri(
                string.Format(
                    System.Globalization.CultureInfo.InvariantCulture, uri,
                    _server.Uri.Authority)), Username = user, Password = password, Token = token,
        };
        using var client = new MlflowClient(options);
        await client.Experiments.GetAsync("0", Cancel);
        Assert.Equal(expected, Assert.Single(_server.Authorizations));
        Assert.DoesNotContain("p@ss", string.Concat(_server.Sent), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_credentials_say_which_variables_to_set()
    {
        using var client = new MlflowClient(Options);
        _server.Faults = (_, _) => Fault.Unauthorized;
        var error = await Assert.ThrowsAsync<MlflowException>(() => client.Experiments.GetAsync("0", Cancel));
        Assert.Contains("MLFLOW_TRACKING_USERNAME", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_said_with_the_address()
    {
        using var client = new MlflowClient(Options with { TrackingUri = new Uri($"http://127.0.0.1:{FakeMlflow.FreePort()}"), Retries = 0 });
        var error = await Assert.ThrowsAsync<MlflowException>(() => client.Experiments.GetAsync("0", Cancel));
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.False(error.MayHaveHappened);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_in_time()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var client = new MlflowClient(new MlflowOptions
        {
            TrackingUri = new Uri($"http://{silent.LocalEndpoint}"), Timeout = TimeSpan.FromMilliseconds(50), Retries = 0,
        });
        var error = await Assert.ThrowsAsync<MlflowException>(() => client.Experiments.GetAsync("0", Cancel));
        Assert.True(error is { IsTransient: true, MayHaveHappened: true });
        Assert.Contains("did not answer in time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_request_is_cancelled_and_no_fault()
    {
        using var client = new MlflowClient(Options);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Experiments.GetAsync("0", source.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a=b")]
    [InlineData("/a")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    public async Task A_key_that_the_server_would_refuse_is_refused_before_anything_is_sent(string key)
    {
        using var client = new MlflowClient(Options);
        await Assert.ThrowsAsync<TrackingException>(() => client.Runs.LogBatchAsync("r", [new(key, 1, 1)], cancellation: Cancel));
        await Assert.ThrowsAsync<TrackingException>(() => client.Runs.LogBatchAsync("r", parameters: [new(key, "1")], cancellation: Cancel));
        await Assert.ThrowsAsync<TrackingException>(
            () => client.Runs.LogBatchAsync("r", tags: [new("t", new string('x', 8001))], cancellation: Cancel));
        await Assert.ThrowsAsync<TrackingException>(
            () => client.Runs.LogBatchAsync("r", parameters: [new("p", new string('x', 6001))], cancellation: Cancel));
        Assert.Equal(0, _server.Requests);
    }
}

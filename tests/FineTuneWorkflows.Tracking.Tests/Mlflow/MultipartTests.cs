using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

/// <summary>Uploads in parts, which a real server offers only in front of an object store.</summary>
public sealed class MultipartTests : IAsyncDisposable
{
    private const string ArtifactUri = "mlflow-artifacts:/0/run/artifacts";

    private readonly FakeMlflow _server = new();
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _bytes = Enumerable.Range(0, 1050).Select(i => (byte)(i * 7)).ToArray();
    private readonly MlflowClient _client;

    public MultipartTests()
    {
        _server.State.PartStore = _server.Uri;
        File.WriteAllBytes(_folder.File("weights"), _bytes);
        _client = new MlflowClient(new MlflowOptions
        {
            TrackingUri = _server.Uri, Token = "secret", MultipartThreshold = 1000, PartSize = 100, RetryDelay = TimeSpan.FromMilliseconds(1),
            Retries = 2,
        });
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_large_file_goes_up_in_parts_and_arrives_whole()
    {
        await _client.Artifacts.UploadAsync(ArtifactUri, "model files/weights", _folder.File("weights"), cancellation: Cancel);
        Assert.Equal(11, _server.State.Parts.Count);
        Assert.Equal(_bytes, _server.State.Artifacts["0/run/artifacts/model files/weights"]);
    }

    [Fact]
    public async Task Parts_go_to_the_store_without_the_server_s_credentials()
    {
        await _client.Artifacts.UploadAsync(ArtifactUri, "weights", _folder.File("weights"), cancellation: Cancel);
        var requests = _server.Sent.Zip(_server.Authorizations).ToList();
        Assert.All(
            requests, request =>
                Assert.Equal(request.First.StartsWith("PUT /store/", StringComparison.Ordinal) ? null : "Bearer secret", request.Second));
        Assert.Equal(13, requests.Count);
    }

    [Fact]
    public async Task A_part_that_fails_for_a_moment_is_sent_again()
    {
        _server.Faults = (number, path) => path == "/store/5" && number % 3 != 0 ? Fault.Unavailable : Fault.None;
        await _client.Artifacts.UploadAsync(ArtifactUri, "weights", _folder.File("weights"), cancellation: Cancel);
        Assert.Equal(_bytes, _server.State.Artifacts["0/run/artifacts/weights"]);
    }

    [Fact]
    public async Task An_upload_that_fails_is_taken_back_and_says_why()
    {
        _server.Faults = (_, path) => path == "/store/5" ? Fault.Unavailable : Fault.None;
        await Assert.ThrowsAsync<MlflowException>(
            () => _client.Artifacts.UploadAsync(ArtifactUri, "weights", _folder.File("weights"), cancellation: Cancel));
        Assert.Contains(_server.Sent, sent => sent.StartsWith("POST /api/2.0/mlflow-artifacts/mpu/abort/0/run/artifacts", StringComparison.Ordinal));
        Assert.Empty(_server.State.Artifacts);
    }
}

using System.Net;
using System.Text;
using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

/// <summary>Answers that no MLflow server gives, found by fuzzing: each is an error in words.</summary>
public sealed class StrangeAnswerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("finetune-strange-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("""{"":""}""")]
    [InlineData("""{"registered_model":null}""")]
    [InlineData("""{"registered_model":{"description":"no name"}}""")]
    public async Task An_answer_without_what_was_asked_for_is_none(string answer)
    {
        using var client = Client(HttpStatusCode.OK, answer);
        await Assert.ThrowsAsync<MlflowException>(() => client.Registry.EnsureAsync("m", "words", Cancel));
    }

    [Fact]
    public async Task An_error_with_half_of_a_character_is_told_by_its_status()
    {
        using var client = Client(HttpStatusCode.BadRequest, """{"error_code":"\ud800"}""");
        Assert.Contains("400", (await Assert.ThrowsAsync<MlflowException>(() => client.Registry.GetAsync("m", Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_a_name_is_none()
    {
        using var client = Client(HttpStatusCode.OK, """{"files":[{"is_dir":false}]}""");
        await Assert.ThrowsAsync<MlflowException>(() => client.Artifacts.DownloadFolderAsync("mlflow-artifacts:/1/r/artifacts", "", folder, Cancel));
    }

    [Theory]
    [InlineData("a\\u0000b")]
    [InlineData("..")]
    public async Task A_name_that_no_file_can_have_is_refused_in_words(string name)
    {
        using var client = Client(HttpStatusCode.OK, $$"""{"files":[{"path":"{{name}}","is_dir":false}]}""");
        var refused = await Assert.ThrowsAsync<TrackingException>(() => client.Artifacts.DownloadFolderAsync("mlflow-artifacts:/1/r/artifacts", "", folder, Cancel));
        Assert.Contains("is no path of an artifact", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_that_never_end_are_given_up()
    {
        using var client = Client(HttpStatusCode.OK, """{"files":[{"path":"d","is_dir":true}]}""");
        Assert.Contains(
            "the server names folders within folders, more than 32",
            (await Assert.ThrowsAsync<TrackingException>(() => client.Artifacts.DownloadFolderAsync("mlflow-artifacts:/1/r/artifacts", "", folder, Cancel))).Message, StringComparison.Ordinal);
    }

    private static MlflowClient Client(HttpStatusCode status, string answer) =>
        new(new MlflowOptions { TrackingUri = new Uri("http://localhost:5000"), Retries = 0 }, new Same(status, answer));

    private sealed class Same(HttpStatusCode status, string answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(answer, Encoding.UTF8, "application/json") });
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FineTuneWorkflows.Tracking;
using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Benchmarks.Fuzz;

/// <summary>Answers of an MLflow server, by which every call of the client is answered.</summary>
internal sealed class MlflowTarget : IFuzzTarget
{
    private static readonly Func<MlflowClient, string, Task>[] Calls =
    [
        (c, _) => c.GetServerVersionAsync(), (c, _) => c.Experiments.GetAsync("1"), (c, _) => c.Experiments.FindAsync("x"), (c, _) => c.Experiments.GetOrCreateAsync("x"), (c, _) => c.Experiments.SearchAsync(),
        (c, _) => c.Runs.CreateAsync("1", "n", 0), (c, _) => c.Runs.GetAsync("r"), (c, _) => c.Runs.GetHistoryAsync("r", "m"), (c, _) => c.Runs.SearchAsync(["1"]), (c, _) => c.Runs.SetTagAsync("r", "k", "v"),
        (c, _) => c.Registry.GetAsync("m"), (c, _) => c.Registry.EnsureAsync("m"), (c, _) => c.Registry.SearchAsync(), (c, _) => c.Registry.SearchVersionsAsync(), (c, _) => c.Registry.FindAliasAsync("m", "champion"),
        (c, _) => c.LoggedModels.GetAsync("m-1"), (c, _) => c.LoggedModels.SearchAsync(["1"]), (c, _) => c.Artifacts.ListAsync("mlflow-artifacts:/1/r/artifacts"),
        (c, folder) => c.Artifacts.DownloadFolderAsync("mlflow-artifacts:/1/r/artifacts", "", Path.Combine(folder, "down")), (c, folder) => c.Artifacts.DownloadAsync("mlflow-artifacts:/1/r/artifacts", "a.txt", Path.Combine(folder, "a.txt")),
    ];

    public string Name => "mlflow";

    public IReadOnlyList<FuzzInput> Corpus { get; } =
    [
        .. new[]
        {
            """{"experiment":{"experiment_id":"1","name":"x","artifact_location":"mlflow-artifacts:/1","lifecycle_stage":"active","last_update_time":1,"creation_time":1,"tags":[{"key":"k","value":"v"}]}}""",
            """{"experiments":[{"experiment_id":"1","name":"x","lifecycle_stage":"active"}],"next_page_token":"abc"}""", """{"experiment_id":"7"}""",
            """{"run":{"info":{"run_id":"r","run_uuid":"r","experiment_id":"1","run_name":"n","status":"FINISHED","start_time":1,"end_time":2,"artifact_uri":"mlflow-artifacts:/1/r/artifacts","lifecycle_stage":"active"},"data":{"metrics":[{"key":"m","value":"NaN","timestamp":1,"step":0}],"params":[{"key":"p","value":"v"}],"tags":[{"key":"k","value":"v"}]},"inputs":{"dataset_inputs":[]},"outputs":{"model_outputs":[{"model_id":"m-1","step":0}]}}}""",
            """{"runs":[{"info":{"run_id":"r","experiment_id":"1","status":"RUNNING","start_time":1},"data":{}}],"next_page_token":""}""", """{"metrics":[{"key":"m","value":0.5,"timestamp":1,"step":"3"}],"next_page_token":"t"}""",
            """{"registered_model":{"name":"m","creation_timestamp":1,"last_updated_timestamp":1,"latest_versions":[{"name":"m","version":"1","current_stage":"None","status":"READY"}],"aliases":[{"alias":"champion","version":"1"}]}}""",
            """{"registered_models":[{"name":"m"}]}""", """{"model_version":{"name":"m","version":"1","source":"models:/m-1","run_id":"r","status":"READY","aliases":["champion"]}}""", """{"model_versions":[{"name":"m","version":1}]}""",
            """{"model":{"info":{"model_id":"m-1","experiment_id":"1","name":"n","artifact_uri":"mlflow-artifacts:/1/models/m-1/artifacts","status":"LOGGED_MODEL_READY","tags":[]},"data":{"params":[],"metrics":[]}}}""",
            """{"root_uri":"x","files":[{"path":"a.txt","is_dir":false,"file_size":3},{"path":"d","is_dir":true}]}""", """{"files":[{"path":"../../x","is_dir":false,"file_size":"3"}]}""", """{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No such thing"}""", "3.11.1", "{}", "<html>log in</html>",
        }.Select(answer => new FuzzInput("answer.json", Encoding.UTF8.GetBytes(answer))),
    ];

    public IReadOnlyList<string> Pieces { get; } =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "\"NaN\"", "\"Infinity\"", "1e999", "\"run\":", "\"info\":", "\"status\":\"KILLED\"", "\"status\":\"x\"", "\"next_page_token\":", "\"files\":[", "\"is_dir\":true", "\"path\":\"../x\"", "\"path\":\"/etc/x\"", "\"path\":\"a\\u0000b\"", "\"path\":\"C:\\\\x\"", "\"aliases\":", "\"version\":", "\"artifact_uri\":\"http://x\"",
        "\"error_code\":\"TEMPORARILY_UNAVAILABLE\"", "\"message\":", "\\ud800", "\ud83d\ude00", "<html>",
    ];

    public bool IsDocumented(Exception e) => e is TrackingException;

    public void Run(FuzzInput input, string folder, int variant)
    {
        using var client = new MlflowClient(new MlflowOptions { TrackingUri = new Uri("http://localhost:5000"), Retries = 0, Timeout = TimeSpan.FromSeconds(60) }, new Answers(input.Bytes, variant));
        Calls[variant % Calls.Length](client, folder).GetAwaiter().GetResult();
        if (Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(folder)!).Count() > 1) throw new InvalidOperationException("a file was written outside the folder");
    }

    private sealed class Answers(byte[] body, int variant) : HttpMessageHandler
    {
        // A server that always has another page would be asked for ever.
        private const int MostRequests = 200;
        private int requests;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (++requests > MostRequests) throw new InvalidOperationException($"one call asked the server {MostRequests} times");
            var status = (variant / Calls.Length % 6) switch { 0 => HttpStatusCode.NotFound, 1 => HttpStatusCode.BadRequest, 2 => HttpStatusCode.TooManyRequests, _ => HttpStatusCode.OK };
            var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
            if (status == HttpStatusCode.TooManyRequests) response.Headers.TryAddWithoutValidation("Retry-After", Encoding.Latin1.GetString(body[..Math.Min(20, body.Length)]).ReplaceLineEndings(" "));
            return Task.FromResult(response);
        }
    }
}

using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

public sealed class MlflowOptionsTests
{
    [Fact]
    public void Without_an_address_there_are_no_options() => Assert.Null(Read());

    [Fact]
    public void All_variables_are_read()
    {
        var options = Read(
            ("MLFLOW_TRACKING_URI", "https://mlflow.example.org/base"), ("MLFLOW_TRACKING_USERNAME", "ann"), ("MLFLOW_TRACKING_PASSWORD", "pw"),
            ("MLFLOW_TRACKING_TOKEN", "tok"), ("MLFLOW_EXPERIMENT_NAME", "mine"), ("MLFLOW_EXPERIMENT_ID", "12"), ("MLFLOW_TRACKING_INSECURE_TLS", "true"),
            ("MLFLOW_TRACKING_SERVER_CERT_PATH", "/ca.pem"), ("MLFLOW_HTTP_REQUEST_TIMEOUT", "7.5"))!;
        Assert.Equal(
            ("https://mlflow.example.org/base", "ann", "pw", "tok"),
            (options.TrackingUri.ToString(), options.Username, options.Password, options.Token));
        Assert.Equal(
            ("mine", "12", true, "/ca.pem", 7.5),
            (options.ExperimentName, options.ExperimentId, options.InsecureTls, options.ServerCertificatePath, options.Timeout.TotalSeconds));
    }

    [Fact]
    public void The_defaults_are_those_documented()
    {
        var options = Read(("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000"))!;
        Assert.Equal(
            (null, null, false, 120.0, 3, 0.5),
            (options.ExperimentName, options.ExperimentId, options.InsecureTls, options.Timeout.TotalSeconds, options.Retries, options.RetryDelay.TotalSeconds));
        Assert.Equal((500L << 20, 100L << 20), (options.MultipartThreshold, options.PartSize));
    }

    [Theory]
    [InlineData("MLFLOW_TRACKING_URI", "./mlruns", "./mlruns")]
    [InlineData("MLFLOW_TRACKING_URI", "sqlite:///x.db", "sqlite:///x.db")]
    [InlineData("MLFLOW_TRACKING_INSECURE_TLS", "perhaps", "must be true or false")]
    [InlineData("MLFLOW_HTTP_REQUEST_TIMEOUT", "0", "above 0")]
    [InlineData("MLFLOW_HTTP_REQUEST_TIMEOUT", "soon", "'soon'")]
    public void A_value_that_cannot_be_used_names_its_variable(string name, string value, string said)
    {
        var error = Assert.Throws<TrackingException>(() => Read(("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000"), (name, value)));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_secret_is_shown()
    {
        var options = new MlflowOptions { TrackingUri = new Uri("http://ann:planted@example.org:5000"), Password = "planted", Token = "planted" };
        Assert.Equal("http://example.org:5000/ (authentication: basic)", options.ToString());
        var error = Assert.Throws<TrackingException>(() => Read(("MLFLOW_TRACKING_URI", "ftp://ann:planted@example.org")));
        Assert.DoesNotContain("planted", error.Message, StringComparison.Ordinal);
    }

    private static MlflowOptions? Read(params (string Name, string Value)[] variables) =>
        MlflowOptions.FromEnvironment(name => variables.LastOrDefault(variable => variable.Name == name).Value);
}

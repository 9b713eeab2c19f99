using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Tracking.Tests.Mlflow;

public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _authority;

    public TlsTests()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        server.CertificateExtensions.Add(names.Build());
        using var signed = server.Create(_authority, DateTimeOffset.UtcNow.AddDays(-1), _authority.NotAfter, [1, 2, 3]);
        using var withKey = signed.CopyWithPrivateKey(key);
        var certificate = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
        _listener.Start();
        _ = Task.Run(() => Serve(certificate));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MlflowOptions Options => new() { TrackingUri = new Uri($"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}"), Retries = 0 };

    public void Dispose()
    {
        _listener.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_not_trusted()
    {
        using var client = new MlflowClient(Options);
        await Assert.ThrowsAsync<MlflowException>(() => client.GetServerVersionAsync(Cancel));
    }

    [Fact]
    public async Task An_authority_of_one_s_own_is_trusted()
    {
        await File.WriteAllTextAsync(_folder.File("ca.pem"), _authority.ExportCertificatePem(), Cancel);
        using var client = new MlflowClient(Options with { ServerCertificatePath = _folder.File("ca.pem") });
        Assert.Equal("3.0", await client.GetServerVersionAsync(Cancel));
    }

    [Fact]
    public async Task Any_certificate_is_taken_when_asked_for()
    {
        using var client = new MlflowClient(Options with { InsecureTls = true });
        Assert.Equal("3.0", await client.GetServerVersionAsync(Cancel));
    }

    [Fact]
    public async Task A_file_without_certificates_says_so()
    {
        Assert.Throws<TrackingException>(() => new MlflowClient(Options with { ServerCertificatePath = _folder.File("none.pem") }));
        await File.WriteAllTextAsync(_folder.File("empty.pem"), "nothing", Cancel);
        var error = Assert.Throws<TrackingException>(() => new MlflowClient(Options with { ServerCertificatePath = _folder.File("empty.pem") }));
        Assert.Contains("MLFLOW_TRACKING_SERVER_CERT_PATH", error.Message, StringComparison.Ordinal);
    }

    private async Task Serve(X509Certificate2 certificate)
    {
        while (true)
        {
            try
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                await using var stream = new SslStream(connection.GetStream());
                await stream.AuthenticateAsServerAsync(certificate);
                await stream.ReadAtLeastAsync(new byte[4096], 1);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n3.0"u8.ToArray());
            }
            catch (Exception fault) when (fault is AuthenticationException or IOException)
            {
                continue; // The client did not trust us.
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}

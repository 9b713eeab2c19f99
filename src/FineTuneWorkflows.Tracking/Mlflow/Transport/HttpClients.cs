using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FineTuneWorkflows.Tracking.Mlflow.Transport;

/// <summary>Makes the connection that the options describe.</summary>
internal static class HttpClients
{
    internal static HttpClient Create(MlflowOptions options)
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(15) };
        if (options.InsecureTls)
        {
#pragma warning disable CA5359 // Asked for by name, off by default, and documented as what it is.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (options.ServerCertificatePath is { } path)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(Authorities(path));
        }

        return Configure(new HttpClient(handler), options);
    }

    internal static HttpClient Configure(HttpClient client, MlflowOptions options)
    {
        var address = new UriBuilder(options.TrackingUri) { UserName = "", Password = "", Query = "", Fragment = "" };
        if (!address.Path.EndsWith('/')) address.Path += "/";
        client.BaseAddress = address.Uri;
        client.Timeout = Timeout.InfiniteTimeSpan; // The transport sets its own, so that it can tell a time-out from a cancellation.
        client.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("FineTuneWorkflows", typeof(HttpClients).Assembly.GetName().Version?.ToString(3)));
        return client;
    }

    /// <summary>What every request to the server carries, and no request to another host: parts of an upload go to an object store.</summary>
    internal static AuthenticationHeaderValue? Authorization(MlflowOptions options)
    {
        var user = options.TrackingUri.UserInfo.Split(':', 2);
        var (name, password) = options.Username is null && user[0].Length > 0
            ? (Uri.UnescapeDataString(user[0]), user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "")
            : (options.Username, options.Password ?? "");
        if (name is not null) return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
        return options.Token is { } token ? new("Bearer", token) : null;
    }

    private static X509Certificate2Collection Authorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new TrackingException($"The certificates {path} (MLFLOW_TRACKING_SERVER_CERT_PATH) cannot be read: {fault.Message}", fault);
        }

        return authorities.Count > 0
            ? authorities
            : throw new TrackingException($"{path} (MLFLOW_TRACKING_SERVER_CERT_PATH) holds no certificate in PEM form.");
    }
}

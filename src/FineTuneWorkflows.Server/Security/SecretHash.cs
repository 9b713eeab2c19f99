using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FineTuneWorkflows.Server.Security;

/// <summary>
/// Hashes of secrets. Passwords by PBKDF2-HMAC-SHA256 (RFC 8018) with as many iterations as OWASP advises; API keys, which are long and random, by one salted SHA-256, since each request is checked.
/// </summary>
internal static class SecretHash
{
    private const int PasswordIterations = 600_000;
    private const int KeyIterations = 1;
    private const int Size = 32;

    public static string OfPassword(string secret) => Of(secret, PasswordIterations);

    public static string OfKey(string secret) => Of(secret, KeyIterations);

    public static bool Verify(string secret, string hash)
    {
        var parts = hash.Split('$');
        var iterations = int.Parse(parts[0], CultureInfo.InvariantCulture);
        return CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(parts[2]), Derive(secret, Convert.FromBase64String(parts[1]), iterations));
    }

    private static string Of(string secret, int iterations)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return string.Create(CultureInfo.InvariantCulture, $"{iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(secret, salt, iterations))}");
    }

    private static byte[] Derive(string secret, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(secret), salt, iterations, HashAlgorithmName.SHA256, Size);
}

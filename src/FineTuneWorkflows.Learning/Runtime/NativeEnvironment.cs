using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>The C library's own environment, which native libraries read: .NET keeps a copy and changes that alone.</summary>
internal static partial class NativeEnvironment
{
    /// <summary>Sets a variable that nobody has set.</summary>
    /// <returns>Whether it is set now.</returns>
    public static bool SetIfMissing(string name, string value) =>
        Environment.GetEnvironmentVariable(name) is not null || SetNative(name, value, 0) == 0;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}

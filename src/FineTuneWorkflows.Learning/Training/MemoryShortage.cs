using System.Runtime.InteropServices;

namespace FineTuneWorkflows.Learning.Training;

/// <summary>Tells libtorch's failed allocations from its other errors, which all arrive as one exception type.</summary>
internal static class MemoryShortage
{
    private static readonly string[] Signs = ["out of memory", "can't allocate memory", "not enough memory"];

    public static bool Is(Exception exception) => exception is OutOfMemoryException
        || (exception is ExternalException && Signs.Any(sign => exception.Message.Contains(sign, StringComparison.OrdinalIgnoreCase)));
}

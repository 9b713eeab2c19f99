using System.IO.Compression;
using System.Text;

namespace FineTuneWorkflows.Text.Augmentation;

/// <summary>Reads word lists, packed or not.</summary>
internal static class WordFile
{
    public static IEnumerable<(string Text, int Number)> Lines(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] bytes;
        try
        {
            using Stream file = File.OpenRead(path);
            using var source = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var copy = new MemoryStream();
            source.CopyTo(copy);
            bytes = copy.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TextDataException("the file does not exist", path, inner: e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or InvalidDataException)
        {
            throw new TextDataException($"the file cannot be read: {e.Message}", path, inner: e);
        }
        return Split(bytes);
    }

    private static IEnumerable<(string Text, int Number)> Split(byte[] bytes)
    {
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8);
        for (var number = 1; reader.ReadLine() is { } line; number++) yield return (line, number);
    }
}

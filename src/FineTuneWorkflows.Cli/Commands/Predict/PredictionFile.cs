using System.Globalization;
using System.Text;
using FineTuneWorkflows.Cli.Hosting;
using FineTuneWorkflows.Foundation.Digests;
using FineTuneWorkflows.Foundation.Files;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>
/// The file that <c>--output</c> names. Predictions go to <c>FILE.partial</c> as they come, and that becomes FILE when all are there: whoever finds FILE may rely on it. What an interruption left of the
/// very same request (<c>FILE.partial.key</c> says which, and is held while FILE is written) is gone on from.
/// </summary>
internal sealed class PredictionFile : IDisposable
{
    private static readonly string[] OfModels = [".json", ".safetensors", ".txt", ".model"];

    private readonly string path;
    private readonly FileStream held;
    private readonly bool resumable;
    private readonly StreamWriter writer;

    private PredictionFile(string path, FileStream held, bool resumable, StreamWriter writer, long done) => (this.path, this.held, this.resumable, this.writer, Done) = (path, held, resumable, writer, done);

    /// <summary>Where predictions go as they come.</summary>
    public static string PartialOf(string path) => path + ".partial";

    private static string KeyFileOf(string path) => PartialOf(path) + ".key";

    /// <summary>How many predictions an interrupted run of the same request left.</summary>
    public long Done { get; }

    /// <summary>Writes a prediction's line to the file.</summary>
    public TextWriter Writer => writer;

    /// <summary>What tells requests apart: all that can change a prediction.</summary>
    public static string KeyOf(params IEnumerable<string> parts) => ContentDigest.Of(string.Join('\0', parts));

    /// <summary>What tells a file, or a model's folder, from what it was before: names, sizes and times of change. What else lies in the folder, such as the output itself, does not matter.</summary>
    public static string StateOf(string path) => Directory.Exists(path)
        ? string.Join('\n', Directory.EnumerateFiles(path).Where(file => OfModels.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal).Select(StateOf))
        : new FileInfo(path) is var file ? string.Create(CultureInfo.InvariantCulture, $"{file.FullName} {file.Length} {file.LastWriteTimeUtc:O}") : "";

    /// <summary>Opens the file.</summary>
    /// <param name="path">FILE.</param>
    /// <param name="key">The request; null for one that cannot be gone on from.</param>
    /// <param name="batch">How many predictions are computed at once: what is kept is a multiple of it, so that the rest is computed as it would have been.</param>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static PredictionFile Open(string path, string? key, int batch)
    {
        if (Directory.Exists(path))
            throw new CommandException($"--output: {path} is a folder; name a file");
        try
        {
            var held = Alone(path);
            try
            {
                var kept = key is not null && File.Exists(PartialOf(path)) && Text(held) == key ? Kept(PartialOf(path), batch) : (Lines: 0, Bytes: 0L);
                var stream = new FileStream(PartialOf(path), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
                stream.SetLength(kept.Bytes);
                stream.Seek(0, SeekOrigin.End);
                held.SetLength(0);
                held.Write(Encoding.UTF8.GetBytes(key is null ? "" : key + "\n"));
                held.Flush();
                return new(path, held, key is not null, new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" }, kept.Lines);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (DirectoryNotFoundException e)
        {
            throw new CommandException($"--output: there is no folder {Path.GetDirectoryName(path)}", innerException: e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandException($"--output: {path} cannot be written: {e.Message}", innerException: e);
        }
    }

    /// <summary>All predictions are there.</summary>
    public void Finish()
    {
        writer.Dispose();
        DurableFile.Move(PartialOf(path), path);
        File.Delete(KeyFileOf(path));
    }

    public void Dispose()
    {
        try
        {
            writer.Dispose();
        }
        finally
        {
            if (!resumable)
                File.Delete(KeyFileOf(path));
            held.Dispose();
        }
    }

    // Of two processes that write one file, each would write over the other's lines.
    private static FileStream Alone(string path)
    {
        var keyFile = KeyFileOf(path);
        try
        {
            return new(keyFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException && File.Exists(keyFile))
        {
            throw new CommandException($"--output: {keyFile} cannot be opened, as while another prediction writes {path}: {e.Message}", innerException: e);
        }
    }

    private static string Text(FileStream file)
    {
        using var reader = new StreamReader(file, Encoding.UTF8, leaveOpen: true);
        return reader.ReadToEnd().Trim();
    }

    // Whole batches of whole lines; a line that was being written when the process died is computed again.
    private static (int Lines, long Bytes) Kept(string file, int batch)
    {
        var (lines, bytes, position) = (0, 0L, 0L);
        using var stream = File.OpenRead(file);
        var buffer = new byte[1 << 16];
        for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            for (var i = 0; i < read; i++)
            {
                position++;
                if (buffer[i] == (byte)'\n' && ++lines % batch == 0)
                    bytes = position;
            }

        return (lines - (lines % batch), bytes);
    }
}

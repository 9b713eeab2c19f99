namespace FineTuneWorkflows.Tracking.Outbox;

/// <summary>Held by the one shipper of a home that works. The operating system lets it go when its process dies, however that happens.</summary>
internal sealed class ShipperLock : IDisposable
{
    private readonly FileStream _file;

    private ShipperLock(FileStream file) => _file = file;

    /// <summary>Null while another holds it.</summary>
    internal static ShipperLock? TryTake(string databasePath)
    {
        try
        {
            return new ShipperLock(new FileStream(databasePath + ".shipper", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException fault) when (fault is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}

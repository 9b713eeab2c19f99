namespace FineTuneWorkflows.Server.Hosting;

/// <summary>The server cannot start or do as it was told, for a reason that its user can mend.</summary>
public sealed class ServerException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">Names what is wrong and says what would be right.</param>
    /// <param name="innerException">What lies below it.</param>
    public ServerException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

namespace FineTuneWorkflows.Text.Tokenization.Decoding;

/// <summary>How much longer decoding may make a text: its steps come from a file that may come from anywhere.</summary>
/// <param name="Place">Where the step stands.</param>
/// <param name="File">The file.</param>
internal sealed record DecodingBounds(string Place, string File)
{
    private const int MostGrowth = 64, Spared = 4096;

    /// <summary>Refuses to make this many characters of so few.</summary>
    /// <exception cref="TextDataException">They are too many; names the file and the step.</exception>
    public void Require(long given, long made)
    {
        if (made > (given * MostGrowth) + Spared)
            throw new TextDataException($"the decoder '{Place}' makes {made} characters of {given}; {(given * MostGrowth) + Spared} at most are supported", File);
    }
}

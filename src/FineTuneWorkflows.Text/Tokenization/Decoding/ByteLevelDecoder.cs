using System.Text;
using FineTuneWorkflows.Text.Tokenization.Models;

namespace FineTuneWorkflows.Text.Tokenization.Decoding;

/// <summary>Reads tokens written in <see cref="ByteAlphabet"/> as UTF-8; one that is not written in it stands for itself.</summary>
internal sealed class ByteLevelDecoder : ITokenDecoder
{
    public void Apply(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            var start = bytes.Count;
            foreach (var c in token)
            {
                if (ByteAlphabet.TryByte(c, out var b))
                {
                    bytes.Add(b);
                    continue;
                }
                bytes.RemoveRange(start, bytes.Count - start);
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                break;
            }
        }
        tokens.Clear();
        tokens.Add(Encoding.UTF8.GetString([.. bytes]));
    }
}

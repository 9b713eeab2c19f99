namespace FineTuneWorkflows.Text.Tokenization;

/// <summary>A growing list of token ids that is used again and again.</summary>
internal sealed class TokenBuffer
{
    private int[] _ids = new int[1024];

    public int Count { get; private set; }

    public ReadOnlySpan<int> this[Range range] => _ids.AsSpan(0, Count)[range];

    public void Clear() => Count = 0;

    public void Add(int id)
    {
        if (Count == _ids.Length) Array.Resize(ref _ids, _ids.Length * 2);
        _ids[Count++] = id;
    }
}

namespace FineTuneWorkflows.Text.Tokenization.Models;

/// <summary>
/// Joins a word's symbols. Short words by looking through all pairs again and again, long ones (a text without spaces is one word to some families)
/// with a queue, so that the time grows with n log n.
/// </summary>
internal sealed class BytePairMerger(BytePairModel model)
{
    private const int Short = 48;
    private const int Left = -1;

    private readonly List<int> _ids = [];
    private readonly List<int> _lengths = [];
    private readonly PriorityQueue<(int At, int Left, int Right, int Id), ulong> _queue = new();
    private bool _endsUnknown;
    private readonly int[] _ranks = new int[Short];
    private int[] _next = [];
    private int[] _previous = [];

    public void Clear()
    {
        _ids.Clear();
        _lengths.Clear();
        _endsUnknown = false;
    }

    /// <summary>Appends a symbol of this many bytes.</summary>
    public void Add(int id, int length)
    {
        _ids.Add(id);
        _lengths.Add(length);
        _endsUnknown = false;
    }

    /// <summary>Appends a symbol that the vocabulary lacks.</summary>
    public void AddUnknown(int length)
    {
        if (_endsUnknown && model.Options.FuseUnknown)
        {
            _lengths[^1] += length;
            return;
        }
        Add(model.UnknownId ?? Left, length);
        _endsUnknown = true;
    }

    /// <summary>Joins what can be joined.</summary>
    public BytePairWord Merge(CancellationToken cancellationToken)
    {
        if (_ids.Count <= Short) MergeShort();
        else MergeLong(cancellationToken);
        var ends = new int[_ids.Count];
        var end = 0;
        for (var i = 0; i < ends.Length; i++) ends[i] = end += _lengths[i];
        return new BytePairWord([.. _ids], ends);
    }

    private void MergeShort()
    {
        for (var i = 0; i + 1 < _ids.Count; i++) _ranks[i] = Rank(i);
        while (_ids.Count > 1)
        {
            var best = _ranks.AsSpan(0, _ids.Count - 1).IndexOf(Minimum(_ids.Count - 1));
            if (_ranks[best] == int.MaxValue) return;
            _ = model.TryMerge(_ids[best], _ids[best + 1], out var merge);
            _ids[best] = merge.Id;
            _lengths[best] += _lengths[best + 1];
            _ids.RemoveAt(best + 1);
            _lengths.RemoveAt(best + 1);
            for (var i = best + 1; i + 1 < _ids.Count; i++) _ranks[i] = _ranks[i + 1];
            if (best > 0) _ranks[best - 1] = Rank(best - 1);
            if (best + 1 < _ids.Count) _ranks[best] = Rank(best);
        }
    }

    private int Minimum(int count)
    {
        var least = int.MaxValue;
        foreach (var rank in _ranks.AsSpan(0, count)) least = Math.Min(least, rank);
        return least;
    }

    private int Rank(int at) => model.TryMerge(_ids[at], _ids[at + 1], out var merge) ? merge.Rank : int.MaxValue;

    private void MergeLong(CancellationToken cancellationToken)
    {
        var count = _ids.Count;
        if (_next.Length < count) (_next, _previous) = (new int[count * 2], new int[count * 2]);
        _queue.Clear();
        for (var i = 0; i < count; i++) (_next[i], _previous[i]) = (i + 1, i - 1);
        for (var i = 0; i + 1 < count; i++) Enqueue(i, i + 1);
        while (_queue.TryDequeue(out var pair, out _))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var right = _next[pair.At];
            // A symbol that was joined has length 0; one that grew is another pair now.
            if (_lengths[pair.At] == 0 || right >= count || _ids[pair.At] != pair.Left || _ids[right] != pair.Right) continue;
            _ids[pair.At] = pair.Id;
            _lengths[pair.At] += _lengths[right];
            _lengths[right] = 0;
            _next[pair.At] = _next[right];
            if (_next[right] < count) _previous[_next[right]] = pair.At;
            if (_previous[pair.At] >= 0) Enqueue(_previous[pair.At], pair.At);
            if (_next[pair.At] < count) Enqueue(pair.At, _next[pair.At]);
        }
        var kept = 0;
        for (var i = 0; i < count; i = _next[i], kept++) (_ids[kept], _lengths[kept]) = (_ids[i], _lengths[i]);
        _ids.RemoveRange(kept, count - kept);
        _lengths.RemoveRange(kept, count - kept);
    }

    private void Enqueue(int left, int right)
    {
        if (model.TryMerge(_ids[left], _ids[right], out var merge))
            _queue.Enqueue((left, _ids[left], _ids[right], merge.Id), ((ulong)(uint)merge.Rank << 32) | (uint)left);
    }
}

using System.Globalization;
using System.Runtime.CompilerServices;

namespace FineTuneWorkflows.Pipelines.Execution;

/// <summary>
/// Makes the ids of runs: the time of the start in milliseconds and four random digits, <c>20261124-130000123-9f3c</c>, so that the order of ids is the order
/// of starts.
/// </summary>
public static class RunIds
{
    private static readonly ConditionalWeakTable<TimeProvider, StrongBox<long>> LastTicks = [];

    /// <summary>A new id. Of two from the same clock in one process the later one always sorts after the earlier one, even within a millisecond.</summary>
    /// <param name="time">The clock.</param>
    public static string Next(TimeProvider time)
    {
        var last = LastTicks.GetValue(time, _ => new StrongBox<long>());
        long ticks;
        lock (last)
        {
            var now = time.GetUtcNow().Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond;
            // A clock that was set back is followed again; only a start in the same moment is moved, by a millisecond.
            var near = last.Value - now is >= 0 and < TimeSpan.TicksPerSecond;
            ticks = last.Value = near ? last.Value + TimeSpan.TicksPerMillisecond : now;
        }
        return $"{new DateTime(ticks).ToString("yyyyMMdd-HHmmssfff", CultureInfo.InvariantCulture)}-{BitConverter.ToUInt16(Guid.NewGuid().ToByteArray()):x4}";
    }
}

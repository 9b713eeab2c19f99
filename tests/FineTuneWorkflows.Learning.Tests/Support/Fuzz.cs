using CsCheck;

namespace FineTuneWorkflows.Learning.Tests.Support;

/// <summary>Generated inputs that are the same in every run.</summary>
internal static class Fuzz
{
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(2);

    /// <summary>Tries inputs on a thread of its own, so that one that never ends fails the test instead of holding it up.</summary>
    /// <param name="inputs">What inputs to make.</param>
    /// <param name="count">How many.</param>
    /// <param name="check">Throws where an input breaks something.</param>
    public static async Task Try<T>(Gen<T> inputs, int count, Action<T> check)
    {
        int at = 0;
        Task trying = Task.Run(() =>
        {
            var random = new PCG(1, 20260101);
            for (; at < count; at++)
                check(inputs.Generate(random, null, out _));
        });
        try
        {
            await trying.WaitAsync(Hang, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Input {at} of {count} did not end.");
        }
    }
}

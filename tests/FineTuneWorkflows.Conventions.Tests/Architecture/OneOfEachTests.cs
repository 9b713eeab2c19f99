using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Conventions.Tests.Architecture;

/// <summary>What Foundation has is not written a second time elsewhere: the copies that there were disagreed about what a full disk or a network file system means.</summary>
public sealed class OneOfEachTests
{
    [Theory]
    [InlineData(@"(?<!\w)File\.Move\(", "DurableFile")]
    [InlineData("\"fsync\"", "DurableFile.FlushFolder")]
    [InlineData("0xbf58476d1ce4e5b9", "SplitMix64")]
    [InlineData(@"ToHexStringLower\(SHA256", "ContentDigest")]
    [InlineData(@"RetryAfter\??\.Delta", "RetryAfter.Of")]
    [InlineData(@"Math\.Pow\(2, ", "Backoff")]
    public void Nothing_outside_of_Foundation_writes_its_own(string pattern, string instead)
    {
        var copies = Checkout.Files("src", "*.cs")
            .Where(file => !Checkout.Relative(file).StartsWith("src/FineTuneWorkflows.Foundation/", StringComparison.Ordinal) && Regex.IsMatch(File.ReadAllText(file), pattern, RegexOptions.IgnoreCase))
            .Select(Checkout.Relative).ToList();

        Assert.True(copies.Count == 0, $"use {instead} in {string.Join(", ", copies)}");
        Assert.Contains(Checkout.Files("src/FineTuneWorkflows.Foundation", "*.cs"), file => Regex.IsMatch(File.ReadAllText(file), pattern, RegexOptions.IgnoreCase));
    }
}

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>
/// Makes a shared library loadable beside an older C++ runtime by marking as weak those version needs that the runtime does not meet and that no
/// relocation uses. Works on bytes in memory; the file it came from is never written.
/// </summary>
internal static class WeakVersionPatch
{
    /// <summary>The library whose versions are compared.</summary>
    public const string CppRuntime = "libstdc++.so.6";

    /// <summary>The strong version needs of <paramref name="library"/> that a C++ runtime with these versions does not meet.</summary>
    /// <exception cref="ElfFormatException">The bytes are not understood.</exception>
    public static IReadOnlyList<ElfVersionNeed> UnmetNeeds(ElfImage library, IReadOnlySet<string> provided) =>
        [.. library.ReadVersionNeeds().Where(need => need.Library == CppRuntime && !need.IsWeak && !provided.Contains(need.Version))];

    /// <summary>Returns a copy of <paramref name="original"/> with VER_FLG_WEAK set in the given records.</summary>
    /// <exception cref="ElfFormatException">A relocation uses one of the versions, so that the library would not work without it.</exception>
    public static byte[] Apply(byte[] original, ElfImage library, IReadOnlyList<ElfVersionNeed> needs)
    {
        foreach (ElfVersionNeed need in needs)
        {
            if (library.IsVersionUsedByRelocations(need.Index))
                throw new ElfFormatException($"it uses symbols of version {need.Version}, which {need.Library} of this system does not have");
        }
        byte[] patched = [.. original];
        foreach (ElfVersionNeed need in needs)
            patched[need.FlagsOffset] |= (byte)ElfImage.WeakFlag;
        return patched;
    }
}

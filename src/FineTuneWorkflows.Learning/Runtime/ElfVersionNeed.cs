namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>One <c>vernaux</c> record: a symbol version that a shared library wants from another one.</summary>
/// <param name="Library">The library that must provide it, such as <c>libstdc++.so.6</c>.</param>
/// <param name="Version">The version, such as <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="Index">The number by which symbols refer to this version in <c>.gnu.version</c>.</param>
/// <param name="IsWeak">Whether the loader may go on without it (VER_FLG_WEAK).</param>
/// <param name="FlagsOffset">Where the record's 16-bit flags stand in the file, in bytes.</param>
internal sealed record ElfVersionNeed(string Library, string Version, ushort Index, bool IsWeak, int FlagsOffset);

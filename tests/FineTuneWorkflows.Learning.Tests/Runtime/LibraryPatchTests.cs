using System.Security.Cryptography;
using CsCheck;
using FineTuneWorkflows.Learning.Runtime;
using FineTuneWorkflows.Learning.Tests.Support;

namespace FineTuneWorkflows.Learning.Tests.Runtime;

public class LibraryPatchTests
{
    private const string Needed = "GLIBCXX_3.4.32";

    private static readonly HashSet<string> Old = ["GLIBCXX_3.4"];

    [Fact]
    public void In_TorchSharps_own_library_one_bit_changes_and_only_that_need_becomes_weak()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The library is an ELF file only on Linux.");
        byte[] original = File.ReadAllBytes(TorchSharpLibrary());
        var image = new ElfImage(original);
        HashSet<string> provided = [.. image.ReadVersionNeeds().Select(need => need.Version).Where(version => version != Needed)];
        IReadOnlyList<ElfVersionNeed> unmet = WeakVersionPatch.UnmetNeeds(image, provided);
        byte[] patched = WeakVersionPatch.Apply(original, image, unmet);

        Assert.Equal([Needed], unmet.Select(need => need.Version));
        int changed = Assert.Single(Enumerable.Range(0, original.Length), i => original[i] != patched[i]);
        Assert.Equal(2, original[changed] ^ patched[changed]);
        Assert.Equal([Needed], new ElfImage(patched).ReadVersionNeeds().Where(need => need.IsWeak).Select(need => need.Version));
        Assert.Empty(WeakVersionPatch.UnmetNeeds(new ElfImage(patched), provided));
        Assert.True(image.IsVersionUsedByRelocations(image.ReadVersionNeeds().First(need => need.Version == "GLIBCXX_3.4.21").Index));
    }

    [Fact]
    public void A_crafted_library_is_read_and_patched()
    {
        byte[] library = CraftedLibrary.Make(CraftedLibrary.OldIndex);
        var image = new ElfImage(library);
        Assert.Equal(["GLIBCXX_3.4", "GLIBCXX_9.9.9"], image.ReadVersionNeeds().Select(need => need.Version));
        Assert.All(image.ReadVersionNeeds(), need => Assert.Equal(("libstdc++.so.6", false), (need.Library, need.IsWeak)));
        byte[] patched = WeakVersionPatch.Apply(library, image, WeakVersionPatch.UnmetNeeds(image, Old));
        Assert.Equal([false, true], new ElfImage(patched).ReadVersionNeeds().Select(need => need.IsWeak));
    }

    [Fact]
    public void A_version_that_a_relocation_uses_is_not_made_weak()
    {
        byte[] library = CraftedLibrary.Make(CraftedLibrary.NewIndex);
        var image = new ElfImage(library);
        ElfFormatException exception = Assert.Throws<ElfFormatException>(() => WeakVersionPatch.Apply(library, image,
            WeakVersionPatch.UnmetNeeds(image, Old)));
        Assert.Contains("GLIBCXX_9.9.9", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_and_damaged_libraries_are_refused_or_read_and_never_crash()
    {
        byte[] library = CraftedLibrary.Make(CraftedLibrary.OldIndex);
        Gen.Select(Gen.Int[0, library.Length], Gen.Int[0, library.Length - 1], Gen.Byte, Gen.Int[0, library.Length - 1], Gen.Byte).Sample(
            (length, at, value, at2, value2) =>
            {
                byte[] bytes = [.. library];
                (bytes[at], bytes[at2]) = (value, value2);
                Examine(value % 3 == 0 ? bytes[..length] : bytes);
            },
            iter: 20_000);
        for (int length = 0; length < library.Length; length++)
            Assert.Throws<ElfFormatException>(() => new ElfImage(library[..length]).ReadVersionNeeds());

        static void Examine(byte[] bytes)
        {
            try
            {
                var image = new ElfImage(bytes);
                WeakVersionPatch.Apply(bytes, image, WeakVersionPatch.UnmetNeeds(image, Old));
                image.ReadVersionDefinitions();
            }
            catch (ElfFormatException exception)
            {
                Assert.NotEmpty(exception.Message);
            }
        }
    }

    [Fact]
    public void What_is_no_shared_library_is_refused()
    {
        Assert.Contains("no ELF", Assert.Throws<ElfFormatException>(() => new ElfImage(new byte[100])).Message, StringComparison.Ordinal);
        byte[] library = CraftedLibrary.Make(CraftedLibrary.OldIndex);
        Assert.Contains("64-bit", Assert.Throws<ElfFormatException>(() => new ElfImage([.. library[..4], 1, .. library[5..]])).Message,
            StringComparison.Ordinal);
        Assert.Contains("no shared library", Assert.Throws<ElfFormatException>(() => new ElfImage([.. library[..16], 2, .. library[17..]])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_copy_is_written_once_beside_an_untouched_original_and_a_damaged_copy_is_replaced()
    {
        using var folder = new TemporaryFolder();
        string original = WriteOriginal(folder, CraftedLibrary.OldIndex);
        string digest = Digest(original);
        var said = new List<string>();
        string copy = Resolve(original, [folder["cache"]], said);
        DateTime written = File.GetLastWriteTimeUtc(copy);

        Assert.Equal(digest, Digest(original));
        Assert.Equal(folder["cache", digest, "libx.so"], copy);
        Assert.NotEqual(digest, Digest(copy));
        Assert.Contains(said, line => line.Contains("lacks GLIBCXX_9.9.9", StringComparison.Ordinal));
        Assert.Contains(said, line => line.Contains("original " + original + " is untouched", StringComparison.Ordinal));
        Assert.Equal(copy, Resolve(original, [folder["cache"]], said));
        Assert.Equal(written, File.GetLastWriteTimeUtc(copy));
        string good = Digest(copy);
        File.WriteAllText(copy, "x");
        Resolve(original, [folder["cache"]], said);
        Assert.Equal(good, Digest(copy));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(copy)!));
    }

    [Fact]
    public void A_cache_folder_that_cannot_be_written_is_passed_over_and_where_there_is_none_that_is_said()
    {
        using var folder = new TemporaryFolder();
        string original = WriteOriginal(folder, CraftedLibrary.OldIndex);
        File.WriteAllText(folder["file"], "");
        var said = new List<string>();
        Assert.StartsWith(folder["second"], Resolve(original, [folder["file", "below"], folder["second"]], said), StringComparison.Ordinal);
        Assert.Contains(said, line => line.Contains("cannot be used", StringComparison.Ordinal));
        Assert.Contains("XDG_CACHE_HOME", Assert.Throws<TorchRuntimeException>(() => Resolve(original, [folder["file", "below"]], said)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_really_needs_a_newer_runtime_is_refused_and_one_that_does_not_is_used_as_it_is()
    {
        using var folder = new TemporaryFolder();
        string original = WriteOriginal(folder, CraftedLibrary.NewIndex);
        Assert.Contains("Install a newer libstdc++", Assert.Throws<TorchRuntimeException>(() => Resolve(original, [folder["cache"]], [])).Message,
            StringComparison.Ordinal);
        Assert.Equal(original, CompatibleLibrary.Resolve(original, new HashSet<string> { "GLIBCXX_3.4", "GLIBCXX_9.9.9" }, "runtime",
            [folder["cache"]], _ => { }));
        Assert.False(Directory.Exists(folder["cache"]));
    }

    private static string Resolve(string original, string[] caches, List<string> said) =>
        CompatibleLibrary.Resolve(original, Old, "runtime", caches, said.Add);

    private static string WriteOriginal(TemporaryFolder folder, ushort versionOfRelocation)
    {
        File.WriteAllBytes(folder["libx.so"], CraftedLibrary.Make(versionOfRelocation));
        return folder["libx.so"];
    }

    private static string Digest(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static string TorchSharpLibrary() => NativeFolders.Find(NativeFolders.All(), NativeFolders.FileName("LibTorchSharp"))!;
}

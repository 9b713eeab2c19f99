using System.Buffers.Binary;
using System.Text;

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>
/// Reads from a 64-bit little-endian ELF shared library what the dynamic loader reads: which symbol versions it needs and provides, and which
/// versions its relocations use. Follows the program headers and the dynamic table, as ld.so does, never the section headers.
/// Every offset is checked before it is followed.
/// </summary>
/// <remarks>System V ABI, chapters 4 and 5; symbol versioning as in the LSB Core Specification 5.0, chapter 10.7.</remarks>
internal sealed class ElfImage
{
    private const int DtNull = 0, DtStrTab = 5, DtRela = 7, DtRelaSize = 8, DtStrSize = 10, DtPltRelSize = 2, DtPltRel = 20, DtJmpRel = 23;
    private const long DtVerSym = 0x6ffffff0, DtVerDef = 0x6ffffffc, DtVerDefNum = 0x6ffffffd, DtVerNeed = 0x6ffffffe, DtVerNeedNum = 0x6fffffff;
    private const int RelaEntrySize = 24;
    private const int MaxRecords = 100_000;

    private readonly byte[] _bytes;
    private readonly List<(ulong Address, ulong Offset, ulong Size)> _segments = [];
    private readonly Dictionary<long, ulong> _dynamic = [];

    /// <summary>The flag of a version need that lets the loader go on without that version.</summary>
    public const ushort WeakFlag = 2;

    /// <summary>Reads the headers and the dynamic table.</summary>
    /// <exception cref="ElfFormatException">The bytes are no 64-bit little-endian shared library, or are cut short.</exception>
    public ElfImage(byte[] bytes)
    {
        _bytes = bytes;
        ReadHeaders();
    }

    /// <summary>The symbol versions this library needs of others, in file order.</summary>
    public IReadOnlyList<ElfVersionNeed> ReadVersionNeeds()
    {
        var needs = new List<ElfVersionNeed>();
        if (!_dynamic.TryGetValue(DtVerNeed, out ulong address))
            return needs;
        int offset = FileOffset(address);
        ulong count = Bounded(Dynamic(DtVerNeedNum, "DT_VERNEEDNUM"));
        for (ulong i = 0; i < count; i++)
        {
            Expect(UInt16(offset) == 1, "a version need record is of an unknown revision");
            string library = DynamicString(UInt32(Add(offset, 4)));
            int auxiliaries = UInt16(Add(offset, 2));
            int auxiliary = Add(offset, UInt32(Add(offset, 8)));
            for (int k = 0; k < auxiliaries; k++)
            {
                ushort flags = UInt16(Add(auxiliary, 4));
                needs.Add(new ElfVersionNeed(library, DynamicString(UInt32(Add(auxiliary, 8))), UInt16(Add(auxiliary, 6)), (flags & WeakFlag) != 0,
                    auxiliary + 4));
                Expect(needs.Count <= MaxRecords, "it has too many version needs");
                auxiliary = Next(auxiliary, 12, last: k == auxiliaries - 1);
            }
            offset = Next(offset, 12, last: i == count - 1);
        }
        return needs;
    }

    /// <summary>The symbol versions this library provides.</summary>
    public IReadOnlySet<string> ReadVersionDefinitions()
    {
        var versions = new HashSet<string>(StringComparer.Ordinal);
        if (!_dynamic.TryGetValue(DtVerDef, out ulong address))
            return versions;
        int offset = FileOffset(address);
        ulong count = Bounded(Dynamic(DtVerDefNum, "DT_VERDEFNUM"));
        for (ulong i = 0; i < count; i++)
        {
            Expect(UInt16(offset) == 1, "a version definition record is of an unknown revision");
            Expect(UInt16(Add(offset, 6)) >= 1, "a version definition has no name");
            int name = Add(offset, UInt32(Add(offset, 12)));
            versions.Add(DynamicString(UInt32(name)));
            offset = Next(offset, 16, last: i == count - 1);
        }
        return versions;
    }

    /// <summary>Whether any relocation refers to a symbol of the version with that number; if none does, the library works without that
    /// version.</summary>
    public bool IsVersionUsedByRelocations(ushort versionIndex)
    {
        Expect(_dynamic.ContainsKey(DtVerSym), "it has needs of versions but no table of symbol versions");
        int versions = FileOffset(_dynamic[DtVerSym]);
        return Uses(DtRela, DtRelaSize) || Uses(DtJmpRel, DtPltRelSize);

        bool Uses(long table, long size)
        {
            if (!_dynamic.TryGetValue(table, out ulong address))
                return false;
            if (table == DtJmpRel)
                Expect(Dynamic(DtPltRel, "DT_PLTREL") == DtRela, "its procedure linkage table has relocations of an unknown kind");
            int offset = FileOffset(address);
            ulong bytes = Dynamic(size, "the size of a relocation table");
            Expect(bytes % RelaEntrySize == 0 && bytes <= (ulong)(_bytes.Length - offset), "a relocation table reaches beyond the end of the file");
            for (ulong at = 0; at < bytes; at += RelaEntrySize)
            {
                uint symbol = UInt32(offset + (int)at + 12);
                if (symbol != 0 && (UInt16(Add(versions, 2L * symbol)) & 0x7fff) == versionIndex)
                    return true;
            }
            return false;
        }
    }

    private void ReadHeaders()
    {
        Expect(_bytes.Length >= 64 && _bytes.AsSpan(0, 4).SequenceEqual("\u007fELF"u8), "it is no ELF file");
        Expect(_bytes[4] == 2 && _bytes[5] == 1, "it is not 64-bit little-endian");
        Expect(UInt16(16) == 3, "it is no shared library");
        ulong headers = UInt64(32);
        int entrySize = UInt16(54), entries = UInt16(56);
        Expect(entrySize >= 56 && entries > 0, "it has no program headers");
        Expect(headers <= (ulong)_bytes.Length && (ulong)entrySize * (ulong)entries <= (ulong)_bytes.Length - headers,
            "its program headers are cut short");

        (ulong Offset, ulong Size)? dynamic = null;
        for (int i = 0; i < entries; i++)
        {
            int at = (int)headers + (i * entrySize);
            (ulong offset, ulong address, ulong size) = (UInt64(at + 8), UInt64(at + 16), UInt64(at + 32));
            uint type = UInt32(at);
            if (type is not (1 or 2))
                continue;
            Expect(offset <= (ulong)_bytes.Length && size <= (ulong)_bytes.Length - offset, "a segment reaches beyond the end of the file");
            if (type == 1)
                _segments.Add((address, offset, size));
            else
                dynamic = (offset, size);
        }
        if (dynamic is not var (start, length))
            throw new ElfFormatException("it has no dynamic table");
        for (ulong at = start; at + 16 <= start + length; at += 16)
        {
            long tag = (long)UInt64((int)at);
            if (tag == DtNull)
                break;
            _dynamic[tag] = UInt64((int)at + 8);
        }
    }

    private string DynamicString(uint offset)
    {
        int table = FileOffset(Dynamic(DtStrTab, "DT_STRTAB"));
        ulong size = Dynamic(DtStrSize, "DT_STRSZ");
        Expect(offset < size && size <= (ulong)(_bytes.Length - table), "a name lies outside the string table");
        ReadOnlySpan<byte> rest = _bytes.AsSpan(table, (int)size)[(int)offset..];
        int end = rest.IndexOf((byte)0);
        Expect(end >= 0, "a name has no end");
        return Encoding.UTF8.GetString(rest[..end]);
    }

    private ulong Dynamic(long tag, string name) =>
        _dynamic.TryGetValue(tag, out ulong value) ? value : throw new ElfFormatException($"its dynamic table lacks {name}");

    private int FileOffset(ulong address)
    {
        foreach ((ulong start, ulong offset, ulong size) in _segments)
        {
            if (address >= start && address - start < size)
                return (int)(offset + (address - start));
        }
        throw new ElfFormatException($"address 0x{address:x} lies in no segment of the file");
    }

    private int Next(int offset, int field, bool last)
    {
        uint step = UInt32(Add(offset, field));
        Expect(last || step != 0, "a list of versions ends early");
        return last ? offset : Add(offset, step);
    }

    private int Add(int offset, long distance)
    {
        long sum = offset + distance;
        Expect(sum >= 0 && sum < _bytes.Length, "an offset points beyond the end of the file");
        return (int)sum;
    }

    private static ulong Bounded(ulong count)
    {
        Expect(count <= MaxRecords, "it claims an impossible number of versions");
        return count;
    }

    private ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(offset, 2));

    private uint UInt32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(offset, 4));

    private ulong UInt64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(offset, 8));

    private ReadOnlySpan<byte> Slice(int offset, int length)
    {
        Expect(offset >= 0 && offset <= _bytes.Length - length, "it is cut short");
        return _bytes.AsSpan(offset, length);
    }

    private static void Expect(bool condition, string problem)
    {
        if (!condition)
            throw new ElfFormatException(problem);
    }
}

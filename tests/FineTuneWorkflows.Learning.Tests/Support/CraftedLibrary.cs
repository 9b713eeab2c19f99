using System.Buffers.Binary;
using System.Text;

namespace FineTuneWorkflows.Learning.Tests.Support;

/// <summary>The smallest ELF shared library that has version needs: two of libstdc++.so.6, and one relocation of a symbol of a chosen
/// version.</summary>
internal static class CraftedLibrary
{
    public const ushort OldIndex = 2, NewIndex = 3;

    public static byte[] Make(ushort versionOfRelocation, string newVersion = "GLIBCXX_9.9.9")
    {
        const int dynamic = 176, strings = 336, needs = 416, versions = 480, relocations = 488, size = 512;
        byte[] bytes = new byte[size];
        "\u007fELF"u8.CopyTo(bytes);
        (bytes[4], bytes[5], bytes[6]) = (2, 1, 1);
        U16(16, 3);
        U64(32, 64);
        U16(54, 56);
        U16(56, 2);
        Segment(64, type: 1, offset: 0, length: size);
        Segment(120, type: 2, dynamic, 10 * 16);

        byte[] names = Encoding.ASCII.GetBytes($"\0libstdc++.so.6\0GLIBCXX_3.4\0{newVersion}\0");
        names.CopyTo(bytes, strings);
        ulong[] table = [5, strings, 10, (ulong)names.Length, 0x6ffffffe, needs, 0x6fffffff, 1, 0x6ffffff0, versions, 7, relocations, 8, 24, 0, 0];
        for (int i = 0; i < table.Length; i++)
            U64(dynamic + (8 * i), table[i]);

        U16(needs, 1);
        U16(needs + 2, 2);
        U32(needs + 4, 1);
        U32(needs + 8, 16);
        Auxiliary(needs + 16, OldIndex, name: 16, next: 16);
        Auxiliary(needs + 32, NewIndex, name: 28, next: 0);
        U16(versions + 2, versionOfRelocation);
        U64(relocations + 8, 1UL << 32);
        return bytes;

        void Segment(int at, uint type, ulong offset, ulong length)
        {
            U32(at, type);
            U64(at + 8, offset);
            U64(at + 16, offset);
            U64(at + 32, length);
        }

        void Auxiliary(int at, ushort index, uint name, uint next)
        {
            U16(at + 6, index);
            U32(at + 8, name);
            U32(at + 12, next);
        }

        void U16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), value);
        void U32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        void U64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);
    }
}

namespace FineTuneWorkflows.Learning.Runtime;

/// <summary>A file is not the kind of ELF shared library that this code knows how to read.</summary>
internal sealed class ElfFormatException(string message) : Exception(message);

using System.Globalization;

namespace FineTuneWorkflows.Tracking.Registry;

/// <summary>
/// Models by name and version, with aliases that point to versions, in a file of their own (<c>registry.jsonl</c> in a home) that is only ever appended to. What is registered survives a killed
/// process and a power cut; several processes may register at once. Every member throws <see cref="TrackingException"/> when the file cannot be read or written.
/// </summary>
public sealed class ModelRegistry
{
    private readonly RegistryFile _file;
    private readonly Func<IReadOnlyList<RegistryEntry>>? _rebuild;
    private readonly bool _readOnly;
    private readonly TimeProvider _clock;

    /// <summary>Opens a registry; its file is made when something is registered.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rebuild">What was registered as others know it, oldest first: asked, and kept, where there is no file, or nothing in it. Default: nothing.</param>
    /// <param name="readOnly">Whether nothing may be written, so that what others know is not kept. Default: false.</param>
    /// <param name="clock">Tells the time of registration. Default: the system's.</param>
    public ModelRegistry(string file, Func<IReadOnlyList<RegistryEntry>>? rebuild = null, bool readOnly = false, TimeProvider? clock = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        _file = new(Path.GetFullPath(file));
        _rebuild = rebuild;
        _readOnly = readOnly;
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>
    /// Registers a version. A model artifact is registered once per name: the same digest again gives the version there is, unchanged.
    /// </summary>
    /// <exception cref="TrackingException">The name is not allowed (<see cref="RegistryNames"/>).</exception>
    public ModelVersion Register(ModelVersionDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        RegistryNames.CheckModel(draft.Name);
        ArgumentException.ThrowIfNullOrWhiteSpace(draft.Digest, nameof(draft));
        ArgumentException.ThrowIfNullOrWhiteSpace(draft.RunId, nameof(draft));
        return Change(state =>
        {
            if (state.FindDigest(draft.Name, draft.Digest) is { } known) return known;
            var registered = new VersionRegistered(
                _clock.GetUtcNow(), draft.Name, state.Latest(draft.Name) + 1, draft.Digest, draft.RunId, draft.Metrics, draft.DataDigests, draft.Description);
            _file.Append(registered);
            return new RegistryState([registered]).Find(draft.Name, registered.Version)!;
        });
    }

    /// <summary>Points an alias to a version; it leaves the version that it pointed to before.</summary>
    /// <returns>The version that it pointed to before; null where the alias is new.</returns>
    /// <exception cref="TrackingException">The alias is not allowed, or there is no such version.</exception>
    public ModelVersion? SetAlias(string name, string alias, int version)
    {
        RegistryNames.CheckAlias(alias);
        return Change(state => Move(state, alias, Version(state, name, version)));
    }

    /// <summary>Takes an alias away.</summary>
    /// <returns>False where there was none.</returns>
    public bool RemoveAlias(string name, string alias) => Change(state =>
    {
        if (!state.AliasesOf(name).ContainsKey(alias)) return false;
        _file.Append(new AliasRemoved(_clock.GetUtcNow(), name, alias));
        return true;
    });

    /// <summary>
    /// Points an alias to a version if a gate holds; the comparison with the version that the alias points to, and the move, are one step.
    /// </summary>
    /// <param name="name">The registered model.</param>
    /// <param name="alias">The alias; what <c>champion</c> means in the gate is the version that this alias points to now.</param>
    /// <param name="version">The candidate.</param>
    /// <param name="gate">The gate; null always holds.</param>
    /// <param name="shared">The version that the alias points to on the server that others share: it is what <c>champion</c> means then. Null for none.</param>
    /// <exception cref="TrackingException">The alias is not allowed, or there is no such version.</exception>
    public Promotion Promote(string name, string alias, int version, ModelGate? gate = null, SharedVersion? shared = null)
    {
        RegistryNames.CheckAlias(alias);
        return Change(state =>
        {
            var candidate = Version(state, name, version);
            var before = state.FindAlias(name, alias);
            var result = gate?.Evaluate(candidate, shared?.Version ?? before, shared?.Server);
            if (result is { Holds: false }) return new Promotion(false, before, result);
            Move(state, alias, candidate);
            return new Promotion(true, before, result);
        });
    }

    /// <summary>The version that an alias points to; null where there is no such alias.</summary>
    public ModelVersion? FindAlias(string name, string alias) => State().FindAlias(name, alias);

    /// <summary>Finds the version that <c>NAME@ALIAS</c>, <c>NAME/VERSION</c> or <c>NAME</c> (its latest) stands for.</summary>
    /// <exception cref="TrackingException">It is none of these, or there is no such model, alias or version; the message names those there
    /// are.</exception>
    public ModelVersion Resolve(string reference)
    {
        if (string.IsNullOrWhiteSpace(reference)) throw new TrackingException("A model is named as NAME, NAME/VERSION or NAME@ALIAS; this is empty.");
        var state = State();
        if (reference.LastIndexOf('@') is >= 0 and var at)
        {
            var (name, alias) = (reference[..at], reference[(at + 1)..]);
            return state.FindAlias(Known(state, name), alias) ?? throw new TrackingException($"Model {name} has no alias '{alias}'. {Aliases(state, name)}");
        }

        if (reference.LastIndexOf('/') is >= 0 and var slash)
        {
            var (name, number) = (reference[..slash], reference[(slash + 1)..]);
            return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? Version(state, name, version)
                : throw new TrackingException(
                    $"'{reference}' names no model: '{number}' is no version number. Write NAME, NAME/VERSION or NAME@ALIAS.");
        }

        return state.Find(Known(state, reference), state.Latest(reference))!;
    }

    /// <summary>All versions: by name, then newest first.</summary>
    /// <param name="name">Only this model's; null for all.</param>
    public IReadOnlyList<ModelVersion> List(string? name = null) => [.. State().Versions.Where(version => name is null || version.Name == name)];

    /// <summary>The digests of all registered models and of their data, sorted: what must not be cleaned away.</summary>
    public IReadOnlySet<string> ReferencedDigests() => new SortedSet<string>(State().Digests, StringComparer.Ordinal);

    private RegistryState State()
    {
        if (_file.HasEntries) return new(_file.Read());
        if (Rebuilt() is not { Count: > 0 } rebuilt) return new([]);
        return _readOnly ? new(rebuilt) : Change(state => state);
    }

    // One step: nobody else registers between what is read and what is written.
    private T Change<T>(Func<RegistryState, T> change) => _file.Alone(() =>
    {
        if (!_file.HasEntries && Rebuilt() is { Count: > 0 } rebuilt) _file.Write(rebuilt);
        return change(new(_file.Read()));
    });

    private IReadOnlyList<RegistryEntry> Rebuilt() => _rebuild?.Invoke() ?? [];

    private ModelVersion? Move(RegistryState state, string alias, ModelVersion version)
    {
        var before = state.FindAlias(version.Name, alias);
        if (before?.Version != version.Version) _file.Append(new AliasMoved(_clock.GetUtcNow(), version.Name, alias, version.Version, before?.Version));
        return before;
    }

    private static ModelVersion Version(RegistryState state, string name, int version) =>
        state.Find(Known(state, name), version) ?? throw new TrackingException($"Model {name} has no version {version}; its latest is {state.Latest(name)}.");

    private static string Known(RegistryState state, string name)
    {
        if (state.Latest(name) > 0) return name;
        throw new TrackingException(
            $"No model '{name}' is registered. " + (state.Names.Count == 0 ? "None is yet." : $"Registered are: {string.Join(", ", state.Names.Take(10))}."));
    }

    private static string Aliases(RegistryState state, string name) =>
        state.AliasesOf(name) is { Count: > 0 } aliases ? $"It has: {string.Join(", ", aliases.Keys.Take(10))}." : "It has none yet.";
}

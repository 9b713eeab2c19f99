namespace FineTuneWorkflows.Learning.Checkpoints;

/// <summary>The whole of <c>state.json</c>.</summary>
/// <param name="Format">The version of this layout; see <see cref="TrainingCheckpoint.CurrentFormat"/>.</param>
/// <param name="State">Where the training stands.</param>
/// <param name="Files">SHA-256 of each other file of the folder, in lower-case hexadecimal.</param>
/// <param name="StateDigest">SHA-256 of the JSON of <paramref name="State"/>.</param>
internal sealed record CheckpointManifest(int Format, TrainingState State, IReadOnlyDictionary<string, string> Files, string StateDigest);

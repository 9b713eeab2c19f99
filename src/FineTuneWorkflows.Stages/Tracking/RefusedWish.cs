namespace FineTuneWorkflows.Stages.Tracking;

/// <summary>What a user wants done about events that the server would not take.</summary>
public enum RefusedWish
{
    /// <summary>They stay as they are.</summary>
    Keep,

    /// <summary>They are tried again: the reason is gone.</summary>
    Retry,

    /// <summary>That runs and experiments were deleted on the server is taken back there.</summary>
    Restore,

    /// <summary>Runs that were deleted on the server are made anew there.</summary>
    Recreate,

    /// <summary>The server is not told of them any more.</summary>
    Discard,
}

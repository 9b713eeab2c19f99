using System.Globalization;
using FineTuneWorkflows.Benchmarks.Tracking;
using FineTuneWorkflows.Pipelines.Contract;
using FineTuneWorkflows.Tracking.Mlflow;

namespace FineTuneWorkflows.Benchmarks.TrackingKill;

/// <summary>
/// The process that is killed: a run that logs some ten thousand metrics a second for as long as nobody says that it is enough, tracked as the command tracks its runs. Like a training it keeps
/// how far it came now and then, and when it is resumed it logs again what it did since.
/// </summary>
internal static class KilledLogging
{
    private const int CheckpointEverySteps = 200;
    private const int StepsWithoutPause = 4;
    private const string CheckpointFile = "step.txt";
    private const string EnoughFile = "enough";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Tells the next process to log for a moment only and then to finish.</summary>
    public static void SayEnough(string folder) => File.WriteAllText(Path.Combine(folder, EnoughFile), "");

    /// <summary>Where the home is below the folder.</summary>
    public static string HomeIn(string folder) => Path.Combine(folder, "home");

    /// <summary>Runs, or goes on with the run that was killed, and delivers to the server that the environment names.</summary>
    public static async Task<int> RunAsync(string folder)
    {
        await LoggingRun.RunAsync(HomeIn(folder), MlflowOptions.FromEnvironment(), (context, cancellationToken) => LogAsync(folder, context, cancellationToken), Patience);
        return 0;
    }

    private static async Task LogAsync(string folder, StageContext context, CancellationToken cancellationToken)
    {
        var checkpoint = Path.Combine(context.WorkFolder, CheckpointFile);
        var step = File.Exists(checkpoint) ? long.Parse(await File.ReadAllTextAsync(checkpoint, cancellationToken), CultureInfo.InvariantCulture) : 0;
        do
        {
            for (var i = 0; i < CheckpointEverySteps; i++)
            {
                LoggingWork.Log(context, step++);
                if (step % StepsWithoutPause == 0)
                    await Task.Delay(Pause, cancellationToken);
            }

            await File.WriteAllTextAsync(checkpoint + ".new", step.ToString(CultureInfo.InvariantCulture), cancellationToken);
            File.Move(checkpoint + ".new", checkpoint, overwrite: true);
        }
        while (!File.Exists(Path.Combine(folder, EnoughFile)));
    }
}

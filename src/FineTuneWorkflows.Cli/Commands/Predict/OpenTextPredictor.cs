using FineTuneWorkflows.Learning.Inference;
using FineTuneWorkflows.Pipelines.Homes;

namespace FineTuneWorkflows.Cli.Commands.Predict;

/// <summary>Opens a fine-tuned model.</summary>
/// <param name="model">A folder with a model, as a full path; or a registered one, <c>NAME@ALIAS</c>.</param>
/// <param name="home">The home whose registry knows registered models.</param>
/// <param name="services">The host's services over that home.</param>
/// <param name="generation">How a model that writes texts chooses its words.</param>
/// <param name="calibrated">Whether probabilities of classes are those at the temperature kept with the model.</param>
/// <exception cref="Hosting.CommandException">There is no such model, or it cannot be read.</exception>
public delegate ITextPredictor OpenTextPredictor(string model, Home home, IServiceProvider services, GenerationOptions generation, bool calibrated);

using Elsa.Identity.Contracts;
using Elsa.Identity.Entities;
using Elsa.Identity.Models;

namespace FineTuneWorkflows.Server.Security;

/// <summary>Elsa's view of the one user there is, the admin. Of one request's scope.</summary>
internal sealed class AdminIdentity(SecretStore secrets) : IUserProvider, IUserCredentialsValidator
{
    private const string RoleId = "admin";

    private (string Name, string Password)? passed;

    /// <summary>Whether the password was given in this request.</summary>
    public bool HasPassed => passed is not null;

    private static User Admin => new() { Id = SecretStore.AdminName, Name = SecretStore.AdminName, Roles = [RoleId] };

    /// <summary>Checks a password. Costs a good part of a second of a core.</summary>
    public bool Check(string username, string password)
    {
        if (username != SecretStore.AdminName || !secrets.IsPassword(password))
            return false;
        passed = (username, password);
        return true;
    }

    public Task<User?> FindAsync(UserFilter filter, CancellationToken cancellationToken = default) =>
        Task.FromResult((filter.Name ?? filter.Id) == SecretStore.AdminName ? Admin : null);

    // Only what was checked in this request, however it reached Elsa: there is no way around the bound on attempts.
    public ValueTask<User?> ValidateAsync(string username, string password, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(passed == (username, password) ? Admin : null);
}

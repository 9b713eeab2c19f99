using System.Text;
using System.Text.RegularExpressions;

namespace FineTuneWorkflows.Pipelines.Fingerprints;

/// <summary>The globbing library knows no <c>?</c>. Checks a path against a pattern with <c>?</c> (one character), <c>*</c> (any within a name) and <c>**/</c> (any folders).</summary>
internal static class QuestionMarks
{
    public static bool Match(string pattern, string path)
    {
        var expression = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern.AsSpan(i).StartsWith("**/"))
            {
                expression.Append("(?:.*/)?");
                i += 2;
            }
            else if (pattern[i] == '*')
            {
                expression.Append("[^/]*");
            }
            else
            {
                expression.Append(pattern[i] == '?' ? "[^/]" : Regex.Escape(pattern[i].ToString()));
            }
        }
        return Regex.IsMatch(path.Replace('\\', '/'), expression.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }
}

const hidden = "********";

/** What JupyterHub, its servers and proxies print of secrets: in addresses, headers, cookies and JSON. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b(authorization["']?\s*[:=]\s*["']?(?:token|bearer|basic)\s+)[^\s"',;]+/gi, `$1${hidden}`],
  [/([?&](?:code|state)=)[^\s&"']+/gi, `$1${hidden}`],
  [/((?:token|password|passwd|secret|_xsrf|session_id)["']?\s*[=:]\s*["']?)[^\s&,"';]+/gi, `$1${hidden}`],
  [/\b((?:set-)?cookie["']?\s*[:=]\s*).+$/gi, `$1${hidden}`],
  [/\b(jupyterhub-[\w-]*\s*=\s*)[^\s;,"']+/gi, `$1${hidden}`],
  [/(:\/\/[^\s/:@]+:)[^\s/@]+@/g, `$1${hidden}@`],
  // a token or key by itself: 32 hexadecimal digits or more
  [/\b[0-9a-f]{32,}\b/gi, hidden],
];

/** A line of a log without tokens, passwords and cookies. */
export function maskSecretsIn(line: string): string {
  return patterns.reduce((masked, [pattern, instead]) => masked.replaceAll(pattern, instead), line);
}

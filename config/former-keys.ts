import type { Severity } from "./problem.ts";

interface Former {
  severity: Severity;
  message: string;
  hint: string;
}

/** What is known about a key of older versions or of other programs that read nothing here; undefined for none. */
export function formerKey(path: readonly string[]): Former | undefined {
  const key = path.at(-1) ?? "";
  const section = path.slice(0, -1).join(".");
  if (section === "services.cull" && /^cull_(?:users|every|enabled|timeout)$/.test(key)) {
    const name = key.replace("cull_", "");
    return ignored(`TLJH ignores \`services.cull.${key}\`, and so does Homeroom.`, `The key is \`${name}\`.`);
  }
  if (section === "users" && (key === "whitelist" || key === "blacklist")) {
    const name = key === "whitelist" ? "allowed" : "banned";
    const message = `\`users.${key}\` is an old name that nothing reads.`;
    return { severity: "error", message, hint: `The key is \`${name}\`.` };
  }
  return undefined;
}

/** What is known about a value of older versions, which then counts as not set; undefined for none. */
export function formerValue(path: readonly string[], value: string): Former | undefined {
  if (path.join(".") !== "user_environment.default_app" || value !== "nteract") return undefined;
  return ignored("nteract is gone; JupyterLab opens instead.", "Write `jupyterlab`, `notebook` or a path.");
}

function ignored(message: string, hint: string): Former {
  return { severity: "warning", message, hint };
}

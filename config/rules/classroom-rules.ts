import { finding } from "./rule.ts";
import type { Finding } from "../problem.ts";
import type { RuleContext } from "./rule.ts";

/** Longer ones would push the login form off the page. */
const longestNotice = 1000;

/** A notice is a few sentences of plain text. */
export function noticeIsShort(context: RuleContext): Finding[] {
  const { notice } = context.config.classroom;
  if (notice === null) return [];
  const path = ["classroom", "notice"];
  if (notice.length > longestNotice) {
    const message = `The notice has ${notice.length} characters, and the login page has room for ${longestNotice}.`;
    const hint = "Put the long text somewhere else and write where.";
    return [finding(context, "error", "long-notice", path, message, hint)];
  }
  // oxlint-disable-next-line no-control-regex -- what a terminal or a page would not show
  if (!/[\u0000-\u0009\u000b-\u001f\u007f]/.test(notice)) return [];
  const message = "The notice has invisible control characters.";
  return [finding(context, "error", "control-characters", path, message, "Type the text anew.")];
}

import { createPromptModule } from "inquirer";

/** Questions go where the narration goes; standard output is for results. */
const prompt = createPromptModule({ output: process.stderr });

/** A yes-or-no question on the terminal; call it only where `canAsk()`. */
export async function confirm(message: string, byDefault: boolean): Promise<boolean> {
  const { answer } = await prompt<{ answer: boolean }>([
    { type: "confirm", name: "answer", message, default: byDefault },
  ]);
  return answer;
}

/** A line of text; `validate` returns true or what is wrong with it. */
export async function askLine(
  message: string,
  byDefault: string,
  validate: (text: string) => true | string,
): Promise<string> {
  const { answer } = await prompt<{ answer: string }>([
    { type: "input", name: "answer", message, default: byDefault, validate },
  ]);
  return answer.trim();
}

/** A password, shown as stars; empty where the person wants one made. */
export async function askPassword(
  message: string,
  validate: (text: string) => true | string,
): Promise<string> {
  const { answer } = await prompt<{ answer: string }>([
    { type: "password", name: "answer", message, mask: "*", validate },
  ]);
  return answer;
}

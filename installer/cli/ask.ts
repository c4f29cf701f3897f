import inquirer from "inquirer";

/** A yes-or-no question on the terminal; call it only where `canAsk()`. */
export async function confirm(message: string, byDefault: boolean): Promise<boolean> {
  const { answer } = await inquirer.prompt<{ answer: boolean }>([
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
  const { answer } = await inquirer.prompt<{ answer: string }>([
    { type: "input", name: "answer", message, default: byDefault, validate },
  ]);
  return answer.trim();
}

/** A password, shown as stars; empty where the person wants one made. */
export async function askPassword(
  message: string,
  validate: (text: string) => true | string,
): Promise<string> {
  const { answer } = await inquirer.prompt<{ answer: string }>([
    { type: "password", name: "answer", message, mask: "*", validate },
  ]);
  return answer;
}

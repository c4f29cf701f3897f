/** A class list that cannot be read; the message says why, the hint what to do. */
export class UnreadableList extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = "UnreadableList";
    this.hint = hint;
  }
}

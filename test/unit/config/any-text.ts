import * as fc from "fast-check";

/** Text of any UTF-16 code units, halves of surrogate pairs among them; fast-check's own takes seconds to set up. */
export const anyText = fc
  .array(fc.nat(0xff_ff), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units));

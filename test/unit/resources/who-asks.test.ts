import { expect, test } from "vitest";
import { HomeroomError } from "../../../installer/errors.ts";
import type { FolderPart } from "../../../installer/resources/folder-part.ts";
import { whoAsks } from "../../../installer/resources/who-asks.ts";

const folder: FolderPart = {
  source: "1",
  address: "/srv/course",
  revision: "2",
  key: "3",
  asks: "4",
  requirements: [
    { text: "numpy>=2", file: "requirements.txt" },
    { text: "Num_Expr==1", file: "requirements.txt" },
    {
      text: "course @ file:///var/lib/homeroom/sources/3/wheels/course-1-py3-none-any.whl",
      file: "setup.py",
    },
  ],
  apt: [],
  notDone: [],
};
const failed = (message: string, remedy: string) => new HomeroomError(message, { remedy });

test("a conflict names who asks for what", () => {
  const error = failed(
    "These packages cannot be installed together.",
    "Because you require numpy<2 and numpy>=2",
  );
  expect(whoAsks(error, ["numpy<2", "pandas"], folder)).toMatchObject({
    message: error.message,
    remedy:
      "environment.packages asks for `numpy<2`.\nrequirements.txt of /srv/course asks for `numpy>=2`.\nBecause you require numpy<2 and numpy>=2",
  });
});

test("names are compared as the index does, and whole", () => {
  const error = failed("The package index has no package num-expr.", "num-expr was not found");
  expect(whoAsks(error, ["num"], folder)).toMatchObject({
    remedy: "requirements.txt of /srv/course asks for `Num_Expr==1`.\nnum-expr was not found",
  });
});

test("the path of the folder's own package is nobody's concern", () => {
  const error = failed("x", "Because course depends on six<1");
  expect(whoAsks(error, [], folder)).toMatchObject({
    remedy: "setup.py of /srv/course asks for `course`.\nBecause course depends on six<1",
  });
});

test("an error about something else, or without a folder, stays as it is", () => {
  const error = failed("The disk is full.", "Make room.");
  expect(whoAsks(error, ["numpy"], folder)).toBe(error);
  expect(whoAsks(failed("x", "numpy"), ["numpy"], undefined)).toMatchObject({ remedy: "numpy" });
});

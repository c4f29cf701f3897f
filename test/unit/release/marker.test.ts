import { expect, test } from "vitest";
import { markerHolds } from "../../../scripts/release/marker.ts";

const environment = {
  python_version: "3.11",
  python_full_version: "3.11.2",
  sys_platform: "linux",
  os_name: "posix",
  implementation_name: "cpython",
};

test.each([
  ["sys_platform == 'win32'", false],
  ['sys_platform != "win32"', true],
  ["python_full_version < '3.11.5'", true],
  ["python_full_version >= '3.11.5'", false],
  // As versions: as text 3.9 would be the greater one.
  ["python_version > '3.9'", true],
  ["'3.9' < python_version", true],
  ["python_version == '3.11.0'", true],
  ["os_name != 'nt' or (sys_platform != 'emscripten' and sys_platform != 'win32')", true],
  ["os_name == 'nt' or sys_platform == 'linux' and implementation_name == 'pypy'", false],
  ["(os_name == 'nt' or sys_platform == 'linux') and implementation_name == 'cpython'", true],
  ["sys_platform in 'linux darwin'", true],
  ["sys_platform not in 'linux darwin'", false],
])("%s: %s", (marker, holds) => {
  expect(markerHolds(marker, environment)).toBe(holds);
});

test.each([
  "sys_platform ==",
  "(sys_platform == 'x'",
  "sys_platform == 'x' more",
  "extra == 'x'",
  "sys_platform ~= 'x'",
  "§",
])("can't be read: %s", (marker) => {
  expect(() => markerHolds(marker, environment)).toThrow(/./);
});

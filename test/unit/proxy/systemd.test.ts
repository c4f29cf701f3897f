import { expect, test } from "vitest";
import { listeningSockets } from "../../../templates/proxy/systemd.ts";

test("sockets are found by name, and no child inherits the variables", () => {
  const env = { LISTEN_PID: "42", LISTEN_FDS: "2", LISTEN_FDNAMES: "public:api", OTHER: "x" };
  expect(listeningSockets(env, 42)).toEqual(
    new Map([
      ["public", 3],
      ["api", 4],
    ]),
  );
  expect(env).toEqual({ OTHER: "x" });
});

test("sockets that were passed to another process are not ours", () => {
  expect(listeningSockets({ LISTEN_PID: "41", LISTEN_FDS: "1", LISTEN_FDNAMES: "public" }, 42)).toEqual(
    new Map(),
  );
  expect(listeningSockets({}, 42)).toEqual(new Map());
});

import { expect, test } from "vitest";
import { findBranch, gitPullLink, refuseUnusable } from "../../../installer/cli/git-pull-link.ts";
import { FakeHost } from "../../fake-host.ts";

const repository = "https://git.example/school/course.git";

test("a link names the repository, its branch and the page that opens", () => {
  const link = gitPullLink("https://hub.example/a/", {
    repository,
    branch: "main",
    open: "/week 1/start.ipynb",
  });
  const url = new URL(link);
  expect(url.origin + url.pathname).toBe("https://hub.example/a/hub/user-redirect/git-pull");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    repo: repository,
    branch: "main",
    urlpath: "lab/tree/course/week 1/start.ipynb",
  });
  expect(gitPullLink("http://x/", { repository, branch: undefined })).not.toContain("branch");
});

test.each([
  "course",
  "git@github.com:school/course",
  "ssh://git.example/course",
  "ext::sh -c id",
  "file:///etc",
  "https://git.example/",
  "https://user:secret@git.example/course",
])("%s is refused", (address) => {
  expect(() => refuseUnusable(address)).toThrow(expect.objectContaining({ exitCode: 64 }));
});

test("a plain address is taken", () => {
  expect(() => refuseUnusable(repository)).not.toThrow();
});

const answering = (answer: { exitCode?: number; stdout?: string; stderr?: string }) =>
  new FakeHost({}, { git: () => answer });

test("the branch is the one that the repository names; nobody's rights are used to ask", async () => {
  const host = answering({ stdout: "ref: refs/heads/trunk\tHEAD\n0123\tHEAD\n" });
  expect(await findBranch(host, repository, undefined)).toEqual({ branch: "trunk" });
  expect(host.queried[0]?.slice(-5)).toEqual(["ls-remote", "--symref", "--", repository, "HEAD"]);
});

test.each([
  [undefined, { stdout: "" }, "is empty"],
  ["week2", { stdout: "" }, "has no branch week2"],
  [
    undefined,
    { exitCode: 128, stderr: "fatal: could not read Username for 'https://x': terminal prompts disabled\n" },
    "private or not there",
  ],
  [
    undefined,
    { exitCode: 128, stderr: "fatal: unable to access: Could not resolve host: x\n" },
    "Could not resolve host",
  ],
])("what stands in the way is told (%s)", async (branch, answer, words) => {
  expect((await findBranch(answering(answer), repository, branch)).problem).toContain(words);
});

test("no git is a reason too", async () => {
  expect((await findBranch(new FakeHost(), repository, undefined)).problem).toContain(
    "git is not on this machine",
  );
});

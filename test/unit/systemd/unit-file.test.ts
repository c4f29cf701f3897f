import { describe, expect, test } from "vitest";
import { UnitFile } from "../../../installer/systemd/unit-file.ts";

const service = `# made by hand
[Unit]
Description=A class

[Service]
ExecStart=/bin/a \\
  # which one
  --now
Environment=A=1
Environment=
Environment=B=2
; the end
[Unit]
After=network.target
`;

describe("reading", () => {
  test("joins continuation lines and leaves their comments out", () => {
    expect(new UnitFile(service).get("Service", "ExecStart")).toBe("/bin/a  --now");
  });

  test("takes sections of one name as one", () => {
    const unit = new UnitFile(service);
    expect(unit.sections()).toEqual(["Unit", "Service"]);
    expect(unit.assignments("Unit").map(({ key, line }) => [key, line])).toEqual([
      ["Description", 3],
      ["After", 14],
    ]);
  });

  test("an empty assignment resets a list, and a single value", () => {
    const unit = new UnitFile(service);
    expect(unit.list("Service", "Environment")).toEqual(["B=2"]);
    expect(new UnitFile("[A]\nB=1\nB=\n").get("A", "B")).toBeUndefined();
    expect(new UnitFile("[A]\nB=1\nB=\n").list("A", "B")).toEqual([]);
  });

  test("names each odd line and goes on", () => {
    const unit = new UnitFile("A=1\n[Service]\nfoo\n=bar\nA=2\n");
    expect(unit.problems).toEqual([
      { severity: "warning", line: 1, message: "The line stands before any section and is ignored." },
      { severity: "warning", line: 3, message: "The line has no = and is ignored." },
      { severity: "warning", line: 4, message: "The line has no key before its = and is ignored." },
    ]);
    expect(unit.get("Service", "A")).toBe("2");
  });

  test("a warning inside a continuation names the line where it begins", () => {
    expect(new UnitFile("[A]\nfoo\\\nbar\nB=1\n").problems).toMatchObject([{ line: 2 }]);
  });

  test.for([
    ["[Service\nA=1\n", 1, "no ]"],
    ["[A]\nB=1\n[]\nC=1\n", 3, "no name"],
    ['[A]\nB=1\n["A"]\nC=1\n', 3, "quotes"],
    ["[A]\nB=a\0b\nC=1\n", 2, "NUL"],
  ] as const)("refuses %j at line %i", ([content, line, words]) => {
    const unit = new UnitFile(content);
    expect(unit.problems).toEqual([{ severity: "error", line, message: expect.stringContaining(words) }]);
    expect(unit.get("A", "C")).toBeUndefined();
    expect(unit.toString()).toBe(content);
    expect(() => unit.set("A", "C", "2")).toThrow(`Line ${line}`);
  });

  test("takes line feeds, carriage returns and both as one line end each", () => {
    const unit = new UnitFile("[A]\rB=1\r\n\r\nC=2\n\rD\n");
    expect(unit.assignments("A").map(({ value }) => value)).toEqual(["1", "2"]);
    expect(unit.problems).toMatchObject([{ line: 5 }]);
  });

  test("odd bytes survive and their line is ignored", () => {
    const bytes = Buffer.from("[A]\nB=caf\xe9\nC=1\n", "latin1");
    const unit = new UnitFile(bytes);
    expect(unit.toBytes()).toEqual(bytes);
    expect(unit.problems).toMatchObject([{ line: 2, severity: "warning" }]);
    expect(unit.get("A", "C")).toBe("1");
  });

  test("a long file of continuation lines is read in no time", () => {
    const content = `[A]\nB=${"\\\n".repeat(400_000)}c\n${"\\".repeat(1_000_000)}x=1\n`;
    const unit = new UnitFile(content);
    expect(unit.get("A", "B")).toHaveLength(1);
    expect(unit.assignments("A")).toHaveLength(2);
  }, 2000);
});

describe("setting", () => {
  test("replaces a value where it stood, everything else byte for byte", () => {
    const unit = new UnitFile(service).set("Service", "ExecStart", "/bin/b");
    expect(unit.toString()).toBe(service.replace(/ExecStart=.*\n.*\n.*\n/, "ExecStart=/bin/b\n"));
  });

  test("replaces all values of a list by the new ones", () => {
    const unit = new UnitFile(service).set("Service", "Environment", ["", "C=3", "D=4"]);
    expect(unit.toString()).toBe(
      service.replace(/Environment=A=1\n.*\n.*\n/, "Environment=\nEnvironment=C=3\nEnvironment=D=4\n"),
    );
    expect(unit.list("Service", "Environment")).toEqual(["C=3", "D=4"]);
  });

  test("takes a key out", () => {
    const unit = new UnitFile(service).set("Unit", "After", []);
    expect(unit.toString()).toBe(service.replace("After=network.target\n", ""));
    expect(new UnitFile(service).set("Unit", "Wants", []).toString()).toBe(service);
  });

  test("adds a key at the end of its section's last part", () => {
    const unit = new UnitFile(service).set("Service", "User", "alice");
    expect(unit.toString()).toBe(service.replace("Environment=B=2\n", "Environment=B=2\nUser=alice\n"));
  });

  test("adds a section after a blank line, or at the beginning of an empty file", () => {
    expect(new UnitFile("[A]\nB=1\n").set("C", "D", "2").toString()).toBe("[A]\nB=1\n\n[C]\nD=2\n");
    expect(new UnitFile().set("C", "D", "2").toString()).toBe("[C]\nD=2\n");
  });

  test("keeps the line ends of the file", () => {
    expect(new UnitFile("[A]\r\nB=1").set("A", "C", "2").toString()).toBe("[A]\r\nB=1\r\nC=2\r\n");
  });

  test("does not continue a value that ends in a backslash with the file", () => {
    for (const end of ["\\", "\\\n", "\\\n# c\n"]) {
      const unit = new UnitFile(`[A]\nB=1${end}`);
      expect(unit.set("A", "C", "2").get("A", "C")).toBe("2");
      expect(unit.set("D", "C", "2").get("D", "C")).toBe("2");
      expect(unit.set("A", "C", "2").get("A", "B")).toBe("1");
    }
  });

  test.for([
    ["B", "a\nb", "line break"],
    ["B", "a\0b", "NUL"],
    ["B", " a", "whitespace"],
    ["B", "a\\", "backslash"],
    ["B", "\udcff", "UTF-8"],
    ["B", "\uffff", "UTF-8"],
    ["B", "x".repeat(1024 * 1024), "1 MiB"],
    ["", "a", "cannot be a key"],
    ["#B", "a", "cannot be a key"],
    ["[B", "a", "cannot be a key"],
    ["B=C", "a", "cannot be a key"],
    [" B", "a", "cannot be a key"],
  ] as const)("refuses %j=%j", ([key, value, words]) => {
    expect(() => new UnitFile("[A]\n").set("A", key, value)).toThrow(words);
  });

  test.for(["", "a]\n[b", 'a"b', "a\\"])("refuses the section %j", (section) => {
    expect(() => new UnitFile().set(section, "A", "1")).toThrow("cannot be a section");
  });
});

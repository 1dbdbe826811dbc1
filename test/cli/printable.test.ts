import { expect, it } from "vitest";
import { printable, printableLine } from "../../cli/printable.ts";

it("writes what a terminal would obey as escapes", () => {
  expect(printable("a\u001b]0;title\u0007\r\u009b31m\u007f\tb\nc")).toBe(
    "a\\x1b]0;title\\x07\\x0d\\x9b31m\\x7f\\x09b\nc",
  );
  expect(printable("\u202eevil\u2066")).toBe("\\u202eevil\\u2066");
  expect(printable("grün 你好 − 🙂")).toBe("grün 你好 − 🙂");
  expect(printableLine("a\nb")).toBe("a\\nb");
});

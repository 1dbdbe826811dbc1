import { expect, test } from "vitest";
import { selectBackend } from "../../agents/backend.ts";
import { tfjs } from "../../agents/tfjs.ts";

test("tfjs is loaded when a backend is selected, and refused before", async () => {
  expect(tfjs).toThrow("no tfjs backend is selected: call selectBackend first");
  const { name } = await selectBackend("cpu");
  expect(tfjs().getBackend()).toBe(name);
});

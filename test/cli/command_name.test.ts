import { expect, it } from "vitest";
import { commandName } from "../../cli/command_name.ts";

it("is the first argument that is neither an option nor the value of one", () => {
  expect(commandName(["train", "--env", "gpu"])).toBe("train");
  expect(commandName(["--import", "./my_env.ts", "train"])).toBe("train");
  expect(commandName(["--import=./my_env.ts", "--import", "train", "ladder"])).toBe("ladder");
});

it("is missing where only options are there", () => {
  expect(commandName([])).toBe(undefined);
  expect(commandName(["--version"])).toBe(undefined);
  expect(commandName(["--import"])).toBe(undefined);
});

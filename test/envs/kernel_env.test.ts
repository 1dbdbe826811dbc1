import { expect, test } from "vitest";
import { registry } from "../../envs/index.ts";
import { hasKernel, kernelEnvOf } from "../../envs/kernel_env.ts";

test("an environment around a kernel is found to be one", () => {
  const env = registry.make("tiering", { wrap: false });
  expect(hasKernel(env)).toBe(true);
  expect(kernelEnvOf(env)).toBe(env);
});

test("an environment without a kernel is refused by name", () => {
  const env = registry.make("cartpole");
  expect(hasKernel(env)).toBe(false);
  expect(() => kernelEnvOf(env)).toThrow(
    new TypeError("CartPole-v1 must be an environment around a kernel, but it has no kernel"),
  );
});

test("wrappers hide the kernel, and the refusal says so", () => {
  const env = registry.make("tiering");
  expect(hasKernel(env)).toBe(false);
  expect(() => kernelEnvOf(env)).toThrow(/ring0\/Tiering-v1 .* wrappers hide its kernel; pass env\.unwrapped/);
  expect(hasKernel(env.unwrapped)).toBe(true);
});

import type { Info } from "../../gym/env.ts";
import type { VectorEnv } from "../../gym/vector_env.ts";

/** Writes the infos of a state as JSON. Most steps of most environments have none, which costs nothing. */
export class InfosJson {
  readonly #vector: VectorEnv;
  readonly #finalOnly: boolean;
  readonly #infos: (Info | null)[];
  readonly #finals: (Info | null)[];
  /** For each environment: 1 if its episode ended in the step before. */
  readonly #ended: Uint8Array;

  /** @param finalOnly leaves out the infos of steps that neither end nor begin an episode */
  constructor(vector: VectorEnv, finalOnly: boolean) {
    this.#vector = vector;
    this.#finalOnly = finalOnly;
    this.#infos = vector.infos.map(() => null);
    this.#finals = vector.infos.map(() => null);
    this.#ended = new Uint8Array(vector.numEnvs);
  }

  /** The JSON after a step; empty where there is nothing. */
  ofStep(): string {
    const { infos, finalInfos, autoresetMode, numEnvs } = this.#vector;
    const sameStep = autoresetMode === "same-step";
    let anyInfo = false;
    let anyFinal = false;
    for (let i = 0; i < numEnvs; i++) {
      const final = finalInfos[i];
      const told = !this.#finalOnly || final !== null || (this.#ended[i] === 1 && !sameStep);
      this.#ended[i] = final === null ? 0 : 1;
      const info = told && !isEmpty(infos[i]) ? infos[i] : null;
      this.#infos[i] = info;
      if (info !== null) anyInfo = true;
      if (!sameStep) continue;
      this.#finals[i] = final !== null && !isEmpty(final) ? final : null;
      if (this.#finals[i] !== null) anyFinal = true;
    }
    return this.#text(anyInfo, anyFinal);
  }

  /** The JSON after a reset of the environments whose `mask` is 1. */
  ofReset(mask: Uint8Array): string {
    let any = false;
    for (let i = 0; i < mask.length; i++) {
      if (mask[i] === 1) this.#ended[i] = 0;
      const info = this.#vector.infos[i];
      this.#infos[i] = mask[i] === 1 && !isEmpty(info) ? info : null;
      if (this.#infos[i] !== null) any = true;
    }
    return this.#text(any, false);
  }

  #text(infos: boolean, finals: boolean): string {
    if (!infos && !finals) return "";
    const own = infos ? `"infos":${jsonOf(this.#infos)}` : "";
    const last = finals ? `"final_infos":${jsonOf(this.#finals)}` : "";
    return `{${own}${infos && finals ? "," : ""}${last}}`;
  }
}

function isEmpty(info: Info): boolean {
  for (const _ in info) return false;
  return true;
}

function jsonOf(infos: readonly (Info | null)[]): string {
  return JSON.stringify(infos.map(plain));
}

/** The value with arrays instead of typed arrays, which JSON would write as objects. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (Array.isArray(value)) return value.map(plain);
  let changed: Record<string, unknown> | null = null;
  for (const name in value) {
    const entry = (value as Record<string, unknown>)[name];
    if (typeof entry !== "object" || entry === null) continue;
    changed ??= { ...value };
    changed[name] = plain(entry);
  }
  return changed ?? value;
}

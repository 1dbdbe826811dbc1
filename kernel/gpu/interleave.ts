/** Interleave levels: how often a group stands in the runlist. Source: NVA06C_CTRL_CMD_SET_INTERLEAVE_LEVEL. */
export const LOW = 0;
export const MEDIUM = 1;
export const HIGH = 2;

/**
 * How many times a group of level `level` stands in a runlist with `low` groups of level LOW and `medium` groups of
 * level MEDIUM. Source: ctrla06c.h: LOW once; MEDIUM once for every LOW group; HIGH once for every entry of a lower
 * level, where there are such.
 */
export function entriesOf(level: number, low: number, medium: number): number {
  if (level === LOW) return 1;
  if (level === MEDIUM) return low > 0 ? low : 1;
  if (low > 0) return (medium + 1) * low;
  return medium > 0 ? medium : 1;
}

/**
 * Builds the runlist. Every MEDIUM group stands in front of every LOW group, and every HIGH group in front of each of
 * these entries.
 *
 * @param levels level of each group
 * @param list receives indices of groups; needs room for `runlistCapacity` entries
 * @returns number of entries
 */
export function expandRunlist(levels: Uint8Array, list: Uint8Array): number {
  let entries = 0;
  const put = (level: number): void => {
    for (let group = 0; group < levels.length; group++) if (levels[group] === level) list[entries++] = group;
  };
  const putMediums = (): void => {
    for (let group = 0; group < levels.length; group++) {
      if (levels[group] !== MEDIUM) continue;
      put(HIGH);
      list[entries++] = group;
    }
  };
  let low = 0;
  for (let group = 0; group < levels.length; group++) {
    if (levels[group] !== LOW) continue;
    low++;
    putMediums();
    put(HIGH);
    list[entries++] = group;
  }
  if (low > 0) return entries;
  putMediums();
  if (entries === 0) put(HIGH);
  return entries;
}

/** Most entries that a runlist of `groups` groups can have. */
export function runlistCapacity(groups: number): number {
  return (groups + 1) ** 3;
}

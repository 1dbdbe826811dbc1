/** Moves labels apart until none overlaps its neighbour. They stay as near as possible to the wanted places. */
export function spreadLabels(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  // Blocks of labels that touch each other. A block stands at the mean of the places that its members want.
  const blocks: { members: number[]; start: number }[] = [];
  for (const label of order) {
    blocks.push({ members: [label], start: clamp(wanted[label], low, high) });
    for (let i = blocks.length - 1; i > 0; i--) {
      const [above, below] = [blocks[i], blocks[i - 1]];
      if (below.start + below.members.length * gap <= above.start) break;
      below.members.push(...above.members);
      const centre = below.members.reduce((sum, m, k) => sum + wanted[m] - k * gap, 0) / below.members.length;
      below.start = clamp(centre, low, Math.max(low, high - (below.members.length - 1) * gap));
      blocks.pop();
    }
  }
  const placed = new Array<number>(wanted.length);
  for (const { members, start } of blocks) {
    members.forEach((label, k) => {
      placed[label] = start + k * gap;
    });
  }
  return placed;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

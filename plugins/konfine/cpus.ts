// Sets of CPUs as the kernel writes them: `0-3,8`.

/** More CPUs than any kernel has; a range beyond them is a mistake, and must not fill the memory. */
const MAX_CPUS = 65_536;

/** The numbers of a list. Throws on anything that the kernel does not write. */
export function parseCpus(list: string): number[] {
  const text = list.trim();
  if (text === "") return [];
  return text.split(",").flatMap((part) => {
    const [, first, last = first] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part) ?? [];
    if (first === undefined || Number(last) >= MAX_CPUS || Number(last) < Number(first))
      throw new Error(`"${part}" is not a CPU or a range of CPUs`);
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_cpu, index) => Number(first) + index);
  });
}

/** The list of some numbers, in order, each once. */
export function printCpus(cpus: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const cpu of [...new Set(cpus)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === cpu - 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

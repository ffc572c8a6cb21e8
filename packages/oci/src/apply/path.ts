// Paths inside a container, as the kernel and Go's path functions see them.

/** `path` without `.`, `..` and doubled slashes; "" becomes ".". The shortest equal path, symbolic links aside. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!rooted) parts.push(part);
  }
  return (rooted ? "/" : "") + parts.join("/") || ".";
}

/** Order of two texts by their UTF-8 bytes, which is the order of their code points. */
export function compareBytes(left: string, right: string): number {
  const others = right[Symbol.iterator]();
  for (const char of left) {
    const other = others.next();
    if (other.done === true) return 1;
    const difference = (char.codePointAt(0) ?? 0) - (other.value.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return others.next().done === true ? 0 : -1;
}

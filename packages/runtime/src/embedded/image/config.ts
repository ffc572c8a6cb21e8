// What an image says of its containers (OCI image specification, config.md); its user by number.
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { ImageConfig } from "@nri/testing";
import { LIMITS } from "../../limits.js";
import { folderInside } from "./inside.js";

/** Reads an image's configuration. `root` has its files, among them those that know users by name. */
export async function readConfig(document: unknown, root: string, shown: string): Promise<ImageConfig> {
  const { config } = document as { config?: { readonly [key: string]: unknown } | null };
  const texts = (key: string): string[] => {
    const value = config?.[key] ?? [];
    if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
    throw new Error(`${shown}: ${key} of its configuration is no list of texts`);
  };
  const word = (key: string): string => {
    const value = config?.[key];
    return typeof value === "string" ? value : "";
  };
  const user = word("User");
  return {
    entrypoint: texts("Entrypoint"),
    cmd: texts("Cmd"),
    env: texts("Env"),
    workingDir: word("WorkingDir"),
    user: user === "" ? undefined : await readUser(user, root, shown),
  };
}

/** `uid`, `name`, `uid:gid`, `name:group` and so on. */
async function readUser(text: string, root: string, shown: string): Promise<{ uid: number; gid: number }> {
  const [user = "", group] = text.split(":", 2);
  const users = await table(root, "passwd");
  const found = users.find(([name, , uid]) => (/^\d+$/.test(user) ? uid === user : name === user));
  const uid = /^\d+$/.test(user) ? Number(user) : Number(found?.[2]);
  if (!Number.isSafeInteger(uid)) throw new Error(`${shown}: its user "${user}" is not in its /etc/passwd`);
  if (group === undefined || group === "") return { uid, gid: Number(found?.[3] ?? 0) };
  if (/^\d+$/.test(group)) return { uid, gid: Number(group) };
  const named = (await table(root, "group")).find(([name]) => name === group);
  if (named === undefined) throw new Error(`${shown}: its group "${group}" is not in its /etc/group`);
  return { uid, gid: Number(named[2]) };
}

async function table(root: string, name: string): Promise<string[][]> {
  const folder = await folderInside(root, "etc");
  const text = folder === undefined ? "" : await readTable(join(folder, name));
  return text.split("\n").map((line) => line.split(":"));
}

/** A missing table is an empty one, and so is a link: it would be one of the machine. */
async function readTable(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (handle === undefined) return "";
  try {
    const stats = await handle.stat();
    return stats.isFile() && stats.size <= LIMITS.image.jsonBytes ? await handle.readFile("utf8") : "";
  } finally {
    await handle.close();
  }
}

// A tar archive to files: an archive of an image, or one layer over the layers below it (OCI image specification, layer.md).
// tar-stream reads the archive. That what it says lands inside of the folder, with setuid bits and owners, is seen to here; a
// library that does both drops the setuid bit or absolute links, of which root filesystems are full.
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, lchown, link, lstat, mkdir, open, readdir, rm, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import { extract, type Header } from "tar-stream";
import { errorText } from "../../error-text.js";
import { LIMITS } from "../../limits.js";
import { folderInside, parts } from "./inside.js";

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

/**
 * Unpacks `archive` (tar, plain or packed by gzip or zstd) into `folder`, over what is there. Whiteouts remove what is below. Device
 * files are left out, and their names are the result. Rejects with the archive's name and the reason.
 */
export async function unpack(archive: string, folder: string): Promise<readonly string[]> {
  const layer = new Layer(folder);
  try {
    await read(archive, (header, content) => layer.take(header, content));
  } catch (error) {
    throw new Error(`${archive}: ${errorText(error)}`, { cause: error });
  }
  return layer.leftOut;
}

/** Each entry in turn. */
async function read(archive: string, take: (header: Header, content: Readable) => Promise<void>): Promise<void> {
  const tar = extract();
  const unpacker = await unpackerOf(archive);
  const source = createReadStream(archive);
  const flow = unpacker === undefined ? pipeline(source, tar) : pipeline(source, unpacker, tar);
  // It rejects together with the loop, or after it.
  flow.catch(() => undefined);
  let entries = 0;
  let bytes = 0;
  for await (const entry of tar) {
    const { header } = entry;
    entries += 1;
    bytes += header.size;
    if (entries > LIMITS.image.entries) throw new Error(`more than ${LIMITS.image.entries} entries`);
    if (bytes > LIMITS.image.bytes) throw new Error(`more than ${LIMITS.image.bytes} bytes`);
    await take(header, entry as unknown as Readable);
    entry.resume();
  }
  await flow;
}

async function unpackerOf(archive: string) {
  const handle = await open(archive, "r");
  try {
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    const magic = buffer.toString("hex");
    if (magic.startsWith("1f8b")) return zlib.createGunzip();
    if (magic !== "28b52ffd") return undefined;
    if ("createZstdDecompress" in zlib && typeof zlib.createZstdDecompress === "function")
      return zlib.createZstdDecompress() as zlib.Gunzip;
    throw new Error("packed by zstd, which takes Node.js 22.15 or newer");
  } finally {
    await handle.close();
  }
}

/** One archive on its way into a folder. */
class Layer {
  readonly leftOut: string[] = [];
  readonly #root: string;
  /** Paths that this layer has brought: an opaque folder hides what is below, not these. */
  readonly #own = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  async take(header: Header, content: Readable): Promise<void> {
    const names = parts(header.name);
    const name = names.pop();
    if (name === undefined) return; // the folder itself
    if (name === ".." || names.includes("..")) throw new Error(`entry "${header.name}" leads out of the archive`);
    const parent = await folderInside(this.#root, names.join("/"), 0o755);
    if (parent === undefined) throw new Error(`entry "${header.name}": something above it is no folder`);
    if (name === OPAQUE) await this.#hideAllIn(parent);
    else if (name.startsWith(WHITEOUT)) await remove(join(parent, name.slice(WHITEOUT.length)));
    else {
      await this.#make(join(parent, name), header, content);
      this.#own.add(join(parent, name));
    }
  }

  async #make(path: string, header: Header, content: Readable): Promise<void> {
    switch (header.type) {
      case "directory":
        if (!(await isFolder(path))) {
          await remove(path);
          await mkdir(path);
        }
        break;
      case "file":
      case "contiguous-file":
        await remove(path);
        // "wx": never through a link.
        await pipeline(content, createWriteStream(path, { flags: "wx", mode: 0o600 }));
        break;
      case "symlink":
        await remove(path);
        await symlink(header.linkname, path);
        await lchown(path, header.uid, header.gid);
        return;
      case "link":
        return await this.#hardLink(path, header);
      default:
        this.leftOut.push(header.name);
        return;
    }
    await lchown(path, header.uid, header.gid);
    // After the owner: a change of it takes the setuid bit away.
    await chmod(path, header.mode & 0o7777);
    await utimes(path, header.mtime, header.mtime);
  }

  async #hardLink(path: string, { name, linkname }: Header): Promise<void> {
    const names = parts(linkname);
    const last = names.pop();
    const folder = last === undefined ? undefined : await folderInside(this.#root, names.join("/"));
    if (folder === undefined || last === undefined || last === "..") throw new Error(`entry "${name}": no ${linkname}`);
    await remove(path);
    await link(join(folder, last), path);
  }

  async #hideAllIn(folder: string): Promise<void> {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (!this.#own.has(path)) await remove(path);
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

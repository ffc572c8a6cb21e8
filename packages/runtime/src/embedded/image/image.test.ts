// Images in all forms: what becomes of their layers, which image of an archive is meant, what it says of its containers.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import { openImage } from "./image.js";
import { unpack } from "./unpack.js";

const place = mkdtempSync(join(tmpdir(), "nri-image-"));
after(() => rmSync(place, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => {
  count += 1;
  const folder = join(place, String(count));
  mkdirSync(folder);
  return folder;
};

type Entry = readonly [name: string, content?: string, more?: Partial<Header>];

async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  for (const [name, content = "", more = {}] of entries) archive.entry({ name, ...owner, ...more } as never, content);
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

const folder = (name: string): Entry => [name, "", { type: "directory", mode: 0o755 }];
const symlink = (name: string, linkname: string): Entry => [name, "", { type: "symlink", linkname }];

async function layers(...all: readonly (readonly Entry[])[]): Promise<string> {
  const root = fresh();
  for (const entries of all) {
    const file = join(fresh(), "layer.tar");
    writeFileSync(file, await tar(entries));
    await unpack(file, root);
  }
  return root;
}

test("a layer adds, replaces and hides what is below", async () => {
  const root = await layers(
    [
      folder("etc"),
      ["etc/a", "1"],
      ["etc/b", "1"],
      folder("opt"),
      ["opt/x", "1"],
      ["was-file", "1"],
      symlink("l", "/x"),
    ],
    [
      ["etc/.wh.a"],
      ["etc/b", "2"],
      ["opt/y", "2"],
      ["opt/.wh..wh..opq"],
      folder("was-file"),
      ["was-file/in", "2"],
      ["l", "a file now"],
    ],
  );
  assert.deepEqual(readdirSync(join(root, "etc")), ["b"]);
  assert.equal(readFileSync(join(root, "etc/b"), "utf8"), "2");
  assert.deepEqual(readdirSync(join(root, "opt")), ["y"]);
  assert.equal(readFileSync(join(root, "was-file/in"), "utf8"), "2");
  assert.equal(readFileSync(join(root, "l"), "utf8"), "a file now");
});

test("links, modes with setuid, and a folder that is not in the archive", async () => {
  const root = await layers([
    ["usr/bin/su", "program", { mode: 0o4755 }],
    folder("tmp"),
    ["usr/bin/su2", "", { type: "link", linkname: "usr/bin/su" }],
    symlink("mtab", "/proc/mounts"),
    symlink("usr/lib", "../lib64"),
  ]);
  assert.equal(lstatSync(join(root, "usr/bin/su")).mode & 0o7777, 0o4755);
  assert.equal(lstatSync(join(root, "usr/bin/su2")).ino, lstatSync(join(root, "usr/bin/su")).ino);
  assert.deepEqual(
    [readlinkSync(join(root, "mtab")), readlinkSync(join(root, "usr/lib"))],
    ["/proc/mounts", "../lib64"],
  );
});

test("what lies below a symbolic link is put where the link leads inside of the image", async () => {
  const root = await layers([folder("usr"), folder("usr/bin"), symlink("bin", "usr/bin")], [["bin/new", "x"]]);
  assert.equal(readFileSync(join(root, "usr/bin/new"), "utf8"), "x");
});

const HOSTILE: readonly (readonly [what: string, entries: readonly Entry[], outcome: RegExp | undefined])[] = [
  ["a name with ..", [["../out", "x"]], /entry "\.\.\/out" leads out of the archive/],
  ["a link that leads out, and a file below it", [symlink("evil", "PLACE/out"), ["evil/file", "x"]], undefined],
  ["a link with .. and a file below it", [symlink("evil", "../../../../out"), ["evil/file", "x"]], undefined],
  ["a file at the place of a link", [symlink("evil", "PLACE/out/file"), ["evil", "x"]], undefined],
  [
    "a hard link to a file of the machine",
    [["h", "", { type: "link", linkname: "../../../etc/passwd" }]],
    /entry "h": no /,
  ],
  ["links in a circle", [symlink("a", "b"), symlink("b", "a"), ["a/x", "x"]], /more than 40 symbolic links/],
];
for (const [what, entries, outcome] of HOSTILE) {
  test(`nothing is written outside by ${what}`, async () => {
    const out = join(place, "out");
    mkdirSync(out, { recursive: true });
    const aimed = entries.map(
      ([name, content = "", more = {}]): Entry => [
        name,
        content,
        more.linkname === undefined ? more : { ...more, linkname: more.linkname.replace("PLACE", place) },
      ],
    );
    if (outcome === undefined) await layers(aimed);
    else await assert.rejects(layers(aimed), outcome);
    assert.deepEqual(readdirSync(out), []);
  });
}

test("device files are left out, and told", async () => {
  const file = join(fresh(), "layer.tar");
  writeFileSync(file, await tar([["dev/null", "", { type: "character-device", devmajor: 1, devminor: 3 }]]));
  assert.deepEqual(await unpack(file, fresh()), ["dev/null"]);
});

test("an archive that ends in the middle is told by its name", async () => {
  const file = join(fresh(), "half.tar.gz");
  writeFileSync(file, gzipSync(await tar([["a", "x".repeat(10_000)]])).subarray(0, 60));
  await assert.rejects(unpack(file, fresh()), /half\.tar\.gz: /);
});

interface Blob {
  readonly digest: string;
  readonly name: string;
  readonly content: Buffer;
}

function blob(content: Buffer | object): Blob {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  const hex = createHash("sha256").update(bytes).digest("hex");
  return { digest: `sha256:${hex}`, name: `blobs/sha256/${hex}`, content: bytes };
}

const CONFIG = {
  Entrypoint: ["/init"],
  Cmd: ["--fast"],
  Env: ["PATH=/bin", "A=b"],
  WorkingDir: "/srv",
  User: "app:staff",
};
const WANTED = {
  entrypoint: ["/init"],
  cmd: ["--fast"],
  env: ["PATH=/bin", "A=b"],
  workingDir: "/srv",
  user: { uid: 1000, gid: 50 },
};

async function image(config: object = CONFIG): Promise<{ blobs: Blob[]; config: Blob; layer: Blob; manifest: Blob }> {
  const entries: Entry[] = [
    ["etc/passwd", "app:x:1000:1001::/:/bin/sh\n"],
    ["etc/group", "staff:x:50:\n"],
  ];
  const layer = blob(gzipSync(await tar(entries)));
  const made = blob({ config });
  const manifest = blob({ config: { digest: made.digest }, layers: [{ digest: layer.digest }] });
  return { blobs: [made, layer, manifest], config: made, layer, manifest };
}

async function archive(
  files: readonly (readonly [name: string, content: Buffer | object | string])[],
): Promise<string> {
  const path = join(fresh(), "image.tar");
  const text = (content: Buffer | object | string) =>
    Buffer.isBuffer(content) || typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(path, await tar(files.map(([name, content]): Entry => [name, text(content) as string])));
  return path;
}

const named = (name: string) => (found: string) => found === name;

test("an OCI image layout, for this machine's architecture among several", async () => {
  const { blobs, manifest } = await image();
  const architecture = { x64: "amd64", arm64: "arm64" }[process.arch as string] ?? process.arch;
  const inner = blob({
    manifests: [
      { digest: blob({}).digest, platform: { os: "linux", architecture: "other" } },
      { digest: manifest.digest, platform: { os: "linux", architecture } },
    ],
  });
  const path = await archive([
    ["./oci-layout", "{}"],
    ["./index.json", { manifests: [{ digest: inner.digest }] }],
    ...[...blobs, inner].map(({ name, content }) => [name, content] as const),
  ]);
  const opened = await openImage(path, named("x"), fresh());
  assert.deepEqual(opened.config, WANTED);
  assert.deepEqual(readdirSync(opened.folder), ["etc"]);
});

test("an archive of docker save; among several images the one of that name", async () => {
  const { blobs, config, layer } = await image();
  const saved = (tag: string, Layers: string[]) => ({ Config: config.name, RepoTags: [tag, tag], Layers });
  const path = await archive([
    ["manifest.json", [saved("other:1", []), saved("meant:1", [layer.name])]],
    ...blobs.map(({ name, content }) => [name, content] as const),
  ]);
  assert.deepEqual(readdirSync((await openImage(path, named("meant:1"), fresh())).folder), ["etc"]);
  await assert.rejects(
    openImage(path, named("third:1"), fresh()),
    /none of its 2 images is meant; there are other:1, meant:1$/,
  );
});

test("a folder is an image that says nothing", async () => {
  const path = fresh();
  assert.deepEqual(await openImage(path, named("x"), fresh()), { folder: path, config: undefined, leftOut: [] });
});

const BAD: readonly (readonly [what: string, files: Parameters<typeof archive>[0], text: RegExp])[] = [
  ["is another archive", [["a", "b"]], /neither an OCI image layout nor an archive of docker save/],
  [
    "names a digest that is a path",
    [
      ["oci-layout", "{}"],
      ["index.json", { manifests: [{ digest: "../x" }] }],
    ],
    /no digest/,
  ],
  [
    "names a file outside",
    [["manifest.json", [{ Config: "/etc/passwd", Layers: [] }]]],
    /a file outside: \/etc\/passwd/,
  ],
];
for (const [what, files, text] of BAD) {
  test(`an archive that ${what} is refused`, async () => {
    await assert.rejects(openImage(await archive(files), named("x"), fresh()), text);
  });
}

const USERS: readonly (readonly [user: string, wanted: object | RegExp | undefined])[] = [
  ["", undefined],
  ["7", { uid: 7, gid: 0 }],
  ["7:8", { uid: 7, gid: 8 }],
  ["1000", { uid: 1000, gid: 1001 }],
  ["app", { uid: 1000, gid: 1001 }],
  ["nobody", /its user "nobody" is not in its \/etc\/passwd/],
  ["app:wheel", /its group "wheel" is not in its \/etc\/group/],
];
for (const [user, wanted] of USERS) {
  test(`the user "${user}" of an image`, async () => {
    const { blobs, config, layer } = await image({ User: user });
    const path = await archive([
      ["manifest.json", [{ Config: config.name, RepoTags: null, Layers: [layer.name] }]],
      ...blobs.map(({ name, content }) => [name, content] as const),
    ]);
    const opened = openImage(path, named("x"), fresh());
    if (wanted instanceof RegExp) await assert.rejects(opened, wanted);
    else assert.deepEqual((await opened).config?.user, wanted);
  });
}

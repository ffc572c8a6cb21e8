// Claim, clear, share and conflict: the rules of ownership, one by one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OwningPlugins } from "./gen/messages.js";
import { conflictText, Ownership, ownerOf, ownersOf } from "./owners.js";

test("what nobody owns can be claimed, once, also by the owner itself", () => {
  const owners = new Ownership();
  assert.equal(owners.claim("c", "MemLimit", undefined, "10-a"), undefined);
  const conflict = { field: "MemLimit", key: undefined, plugins: ["20-b", "10-a"] } as const;
  assert.deepEqual(owners.claim("c", "MemLimit", undefined, "20-b"), conflict);
  assert.deepEqual(owners.claim("c", "MemLimit", undefined, "10-a")?.plugins, ["10-a", "10-a"]);
  assert.equal(owners.claim("other", "MemLimit", undefined, "20-b"), undefined, "owners are kept by container");
  assert.equal(owners.owner("c", "MemLimit"), "10-a");
});

test("entries are owned key by key", () => {
  const owners = new Ownership();
  for (const key of ["a", "b", "", "__proto__"]) assert.equal(owners.claim("c", "Env", key, "10-a"), undefined);
  assert.deepEqual(owners.claim("c", "Env", "__proto__", "20-b")?.key, "__proto__");
  assert.equal(owners.claim("c", "Annotations", "a", "20-b"), undefined);
});

test("clearing lets its plugin claim, and shuts all others out", () => {
  const owners = new Ownership();
  owners.claim("c", "Args", undefined, "10-a");
  owners.clear("c", "Args", undefined, "20-b");
  assert.equal(owners.owner("c", "Args"), "-20-b");
  assert.deepEqual(owners.claim("c", "Args", undefined, "30-c")?.plugins, ["30-c", "20-b"]);
  assert.deepEqual(owners.claim("c", "Args", undefined, "10-a")?.plugins, ["10-a", "20-b"]);
  assert.equal(owners.claim("c", "Args", undefined, "20-b"), undefined);
});

test("sharing adds up, and is no conflict", () => {
  const owners = new Ownership();
  for (const plugin of ["10-a", "20-b", "30-c"]) owners.share("c", "OciHooks", plugin);
  assert.equal(owners.owner("c", "OciHooks"), "10-a,20-b,30-c");
});

test("conflicts are told in the reference's words, with its trailing blank for fields without entries", () => {
  const plugins = ["20-b", "10-a"] as const;
  const simple = conflictText({ field: "MemLimit", key: undefined, plugins });
  assert.equal(simple, 'plugins "20-b" and "10-a" both tried to set MemLimit ');
  const keyed = conflictText({ field: "Mounts", key: "/x", plugins });
  assert.equal(keyed, 'plugins "20-b" and "10-a" both tried to set Mounts /x');
});

test("a rollback takes back every claim and clear since the mark", () => {
  const owners = new Ownership();
  owners.claim("c", "Env", "a", "10-a");
  const before = owners.toMessage();
  const mark = owners.mark();
  owners.clear("c", "Env", "a", "20-b");
  owners.claim("c", "Env", "a", "20-b");
  owners.claim("d", "MemLimit", undefined, "20-b");
  owners.share("c", "OciHooks", "20-b");
  owners.rollback(mark);
  assert.deepEqual(owners.toMessage(), before);
  assert.equal(owners.claim("d", "MemLimit", undefined, "30-c"), undefined);
});

test("the message for validators has all owners by container and field number, and can be read back", () => {
  const owners = new Ownership();
  assert.deepEqual(owners.toMessage(), { owners: {} });
  owners.claim("c", "MemLimit", undefined, "10-a");
  owners.claim("c", "Sysctl", "__proto__", "10-a");
  owners.claim("c", "Sysctl", "net.x", "20-b");
  owners.clear("__proto__", "Args", undefined, "20-b");
  owners.share("c", "OciHooks", "10-a");
  owners.share("c", "OciHooks", "20-b");
  const message = OwningPlugins.decode(OwningPlugins.encode(owners.toMessage()));
  assert.equal(ownerOf(message, "c", "MemLimit"), "10-a");
  assert.equal(ownerOf(message, "c", "Sysctl", "__proto__"), "10-a");
  assert.equal(ownerOf(message, "c", "Sysctl", "constructor"), undefined);
  assert.equal(ownerOf(message, "c", "OciHooks"), "10-a,20-b");
  assert.equal(ownerOf(message, "__proto__", "Args"), "-20-b");
  assert.equal(ownerOf(undefined, "c", "Args"), undefined);
  assert.deepEqual(
    new Map(ownersOf(message, "c", "Sysctl")),
    new Map([
      ["__proto__", "10-a"],
      ["net.x", "20-b"],
    ]),
  );
  assert.deepEqual(ownersOf(message, "nobody", "Sysctl"), []);
});

test("one plugin's part of the owners has what it owns, shares or has cleared", () => {
  const owners = new Ownership();
  owners.claim("c", "MemLimit", undefined, "10-a");
  owners.claim("c", "Env", "a", "20-b");
  owners.clear("c", "Env", "b", "20-b");
  owners.share("c", "OciHooks", "10-a");
  owners.share("c", "OciHooks", "20-b");
  const simple = { "3": "10-a,20-b" };
  const compound = { "6": { owners: { a: "20-b", b: "-20-b" } } };
  assert.deepEqual(owners.toMessage("20-b"), { owners: { c: { simple, compound } } });
  assert.deepEqual(owners.toMessage("30-c"), { owners: {} });
});

// The kernel's table of unix sockets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { listeningSockets, sameSocket } from "./listening-sockets.js";

const TABLE = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 82010 /run/containerd/containerd.sock
0000000000000000: 00000002 00000000 00010000 0001 01 82013 /var/run/nri/nri.sock
0000000000000000: 00000003 00000000 00000000 0001 03 82014 /var/run/nri/other.sock
0000000000000000: 00000003 00000000 00000000 0001 03 82015
0000000000000000: 00000002 00000000 00010000 0001 01 82016 @/abstract
0000000000000000: 00000002 00000000 00010000 0001 01   907 /run/with space
`;

test("those that listen on a path are told with their inode", () => {
  assert.deepEqual(listeningSockets(TABLE), [
    { inode: "82010", path: "/run/containerd/containerd.sock" },
    { inode: "82013", path: "/var/run/nri/nri.sock" },
    { inode: "907", path: "/run/with space" },
  ]);
});

test("/var/run is /run, and a socket of containerd's own may be known by its file name", () => {
  assert.equal(sameSocket("/run/nri/nri.sock", "/var/run/nri/nri.sock", false), true);
  assert.equal(sameSocket("/srv/nri.sock", "/var/run/nri/nri.sock", false), false);
  assert.equal(sameSocket("/srv/nri.sock", "/var/run/nri/nri.sock", true), true);
});

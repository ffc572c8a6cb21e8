// Cases that chance would find too rarely: the lines marked as surprises in the description of the reference.
import type { JsonObject } from "../peers/json.js";

/** A case by hand; the container gets the name as its id. */
export interface HandPicked {
  readonly name: string;
  readonly op?: "CreateContainer" | "UpdateContainer" | "StopContainer";
  readonly container?: JsonObject;
  readonly resources?: JsonObject;
  readonly answers: readonly { readonly adjust?: JsonObject; readonly update?: readonly JsonObject[] }[];
}

export const HAND_PICKED: readonly HandPicked[] = [
  { name: "no-answer", answers: [] },
  { name: "empty-linux", answers: [{ adjust: { linux: {} } }] },
  { name: "empty-hooks", answers: [{ adjust: { hooks: {} } }, { adjust: { hooks: { prestart: [] } } }] },
  {
    name: "hooks-in-stages",
    answers: [
      { adjust: { hooks: { prestart: [{ path: "/a" }], poststop: [{ path: "/b" }] } } },
      { adjust: { hooks: { prestart: [{ path: "/c" }] } } },
    ],
  },
  { name: "args-only-override", container: { args: ["x"] }, answers: [{ adjust: { args: [""] } }] },
  {
    name: "args-taken-over",
    answers: [{ adjust: { args: ["x"] } }, { adjust: { args: ["", "y"] } }],
  },
  { name: "args-conflict", answers: [{ adjust: { args: ["x"] } }, { adjust: { args: ["y"] } }] },
  {
    name: "third-after-removal",
    answers: [
      { adjust: { mounts: [{ destination: "/m" }] } },
      { adjust: { mounts: [{ destination: "-/m" }] } },
      { adjust: { mounts: [{ destination: "/m" }] } },
    ],
  },
  {
    name: "annotation-removed-only",
    answers: [{ adjust: { annotations: { k: "1" } } }, { adjust: { annotations: { "-k": "" } } }],
  },
  {
    name: "annotation-set-after-removal-of-original",
    container: { annotations: { k: "0" } },
    answers: [{ adjust: { annotations: { "-k": "x" } } }, { adjust: { annotations: { k: "2" } } }],
  },
  { name: "odd-keys", answers: [{ adjust: { annotations: { "": "e", "-": "m", "--k": "d" } } }] },
  {
    name: "odd-mounts",
    answers: [
      { adjust: { mounts: [{ destination: "" }, { destination: "-" }, { destination: "--/x" }] } },
      { adjust: { mounts: [{ destination: "-/x" }, { destination: "--/x" }] } },
    ],
  },
  {
    name: "prototype-keys",
    answers: [
      {
        adjust: {
          annotations: { constructor: "1", toString: "2" },
          linux: { resources: { unified: { valueOf: "3" } } },
        },
      },
      { adjust: { annotations: { constructor: "4" } } },
    ],
  },
  {
    name: "rdt-removed",
    answers: [
      { adjust: { linux: { rdt: { closId: { value: "a" }, enableMonitoring: { value: true } } } } },
      { adjust: { linux: { rdt: { remove: true } } } },
    ],
  },
  {
    name: "rdt-removed-and-set",
    answers: [
      { adjust: { linux: { rdt: { closId: { value: "a" }, enableMonitoring: { value: true } } } } },
      { adjust: { linux: { rdt: { remove: true, closId: { value: "b" } } } } },
      { adjust: { linux: { rdt: { schemata: { value: ["L3:0=f"] } } } } },
    ],
  },
  {
    name: "namespace-removed-and-set",
    answers: [{ adjust: { linux: { namespaces: [{ type: "-ipc" }, { type: "ipc", path: "/x" }] } } }],
  },
  {
    name: "same-key-twice",
    answers: [
      {
        adjust: {
          env: [
            { key: "A", value: "1" },
            { key: "A", value: "2" },
          ],
        },
      },
    ],
  },
  { name: "own-update", answers: [{ update: [{ containerId: "own-update", ignoreFailure: true }] }] },
  {
    name: "conflict-before-own-update",
    answers: [
      {
        update: [
          { containerId: "x", linux: { resources: { rdtClass: { value: "a" } } } },
          { containerId: "x", linux: { resources: { rdtClass: { value: "b" } } } },
          { containerId: "conflict-before-own-update" },
        ],
      },
    ],
  },
  {
    name: "ignored-update-keeps-claims",
    answers: [
      { update: [{ containerId: "x", linux: { resources: { cpu: { shares: { value: "1" } } } } }] },
      {
        update: [
          {
            containerId: "x",
            ignoreFailure: true,
            linux: { resources: { memory: { limit: { value: "1" } }, cpu: { shares: { value: "2" } } } },
          },
        ],
      },
      { update: [{ containerId: "x", linux: { resources: { memory: { limit: { value: "3" } } } } }] },
    ],
  },
  { name: "update-nobody", op: "UpdateContainer", resources: { cpu: { shares: { value: "5" } } }, answers: [] },
  {
    name: "update-pids-of-request",
    op: "UpdateContainer",
    resources: { pids: { limit: "5" } },
    answers: [
      { update: [{ containerId: "update-pids-of-request", linux: { resources: { pids: { limit: "7" } } } }] },
      {
        update: [
          { containerId: "update-pids-of-request", linux: { resources: { memory: { limit: { value: "7" } } } } },
        ],
      },
    ],
  },
  {
    name: "update-pids-ignored",
    op: "UpdateContainer",
    answers: [{ update: [{ containerId: "update-pids-ignored", linux: { resources: { pids: { limit: "7" } } } }] }],
  },
  {
    name: "update-own-last",
    op: "UpdateContainer",
    resources: { devices: [{ allow: true }], hugepageLimits: [{ pageSize: "2MB", limit: "1" }] },
    answers: [
      {
        update: [
          {
            containerId: "update-own-last",
            linux: { resources: { hugepageLimits: [{ pageSize: "2MB", limit: "2" }] } },
          },
        ],
      },
      {
        update: [
          { containerId: "x", linux: {} },
          { containerId: "y", ignoreFailure: true },
        ],
      },
    ],
  },
  {
    name: "stop-own",
    op: "StopContainer",
    answers: [
      { update: [{ containerId: "stop-own", linux: { resources: { cpu: { cpus: "1" } } } }, { containerId: "x" }] },
    ],
  },
];

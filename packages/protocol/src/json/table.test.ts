// Our .proto files against the table of the protocol, which was made from the reference's compiled descriptors: v0.12.2 in
// protocol.json, and what came since in protocol-newer.json.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import * as generated from "../gen/messages.js";
import { NRI_VERSION } from "../versions.js";
import { descriptors } from "./registry.js";

interface FieldFact {
  number: number;
  name: string;
  jsonName: string;
  kind: "scalar" | "message" | "enum" | "map";
  type: string;
  wireType: number;
  repeated: boolean;
  keyType?: string;
  valueType?: string;
}
interface MessageFact {
  name: string;
  fullName: string;
  fields: FieldFact[];
}
interface EnumFact {
  fullName: string;
  values: { name: string; number: number }[];
}
interface MethodFact {
  name: string;
  request: string;
  response: string;
}
interface Table {
  nri: {
    package: string;
    messages: Record<string, MessageFact>;
    enums: Record<string, EnumFact>;
    services: Record<string, { methods: MethodFact[] }>;
    counts: { services: number; messages: number; enums: number; fields: number };
    presenceWrappers: string[];
  };
}

/** What newer releases added. */
interface Additions {
  reference: { nri: { version: string } };
  nri: { fields: Record<string, FieldFact[]>; messages: Record<string, MessageFact>; counts: Table["nri"]["counts"] };
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../../conformance/spec/${file}`, import.meta.url), "utf8"));
}

const additions = read("protocol-newer.json") as Additions;
const nri = withAdditions((read("protocol.json") as Table).nri, additions.nri);

function withAdditions(table: Table["nri"], { fields, messages, counts }: Additions["nri"]): Table["nri"] {
  const all = { ...table.messages, ...messages };
  for (const [name, added] of Object.entries(fields)) {
    const before = table.messages[name];
    assert.ok(before, name);
    all[name] = { ...before, fields: [...before.fields, ...added].sort((a, b) => a.number - b.number) };
  }
  return { ...table, messages: all, counts };
}

const shortName = (fullName: string) => fullName.slice(nri.package.length + 1);

function typeName(scalar: ScalarType | undefined): string {
  return scalar === undefined ? "" : (ScalarType[scalar] ?? "").toLowerCase();
}

function factOf(field: DescField): Partial<FieldFact> {
  const fact = { number: field.number, name: field.name, jsonName: field.jsonName };
  switch (field.fieldKind) {
    case "scalar":
      return { ...fact, kind: "scalar", type: typeName(field.scalar), repeated: false };
    case "enum":
      return { ...fact, kind: "enum", type: field.enum.typeName, repeated: false };
    case "message":
      return { ...fact, kind: "message", type: field.message.typeName, repeated: false };
    case "list":
      return {
        ...fact,
        kind: field.listKind,
        type: field.message?.typeName ?? field.enum?.typeName ?? typeName(field.scalar),
        repeated: true,
      };
    default:
      return {
        ...fact,
        kind: "map",
        keyType: typeName(field.mapKey),
        valueType: field.message?.typeName ?? field.enum?.typeName ?? typeName(field.scalar),
      };
  }
}

function expected(fact: FieldFact): Partial<FieldFact> {
  const { number, name, jsonName, kind, type, repeated, keyType, valueType } = fact;
  if (kind === "map") return { number, name, jsonName, kind, keyType: keyType ?? "", valueType: valueType ?? "" };
  return { number, name, jsonName, kind, type, repeated };
}

function messagesInProto(): Map<string, DescMessage> {
  const found = new Map<string, DescMessage>();
  for (const type of descriptors()) if (type.kind === "message") found.set(type.typeName, type);
  return found;
}

test("the newest release in the table is the one that is announced", () => {
  assert.equal(additions.reference.nri.version, NRI_VERSION);
});

test("the messages are those of the protocol, none missing and none more", () => {
  const ours = messagesInProto();
  const theirs = Object.values(nri.messages).map(({ fullName }) => fullName);
  assert.deepEqual([...ours.keys()].sort(), theirs.sort());
  assert.equal(ours.size, nri.counts.messages);
  assert.deepEqual(Object.keys(generated.MESSAGES).sort(), theirs.map(shortName).sort());
});

test("every field has the number, names and type of the protocol", () => {
  const ours = messagesInProto();
  let fields = 0;
  for (const message of Object.values(nri.messages)) {
    const descriptor = ours.get(message.fullName);
    assert.deepEqual(descriptor?.fields.map(factOf), message.fields.map(expected), message.fullName);
    fields += message.fields.length;
  }
  assert.equal(fields, nri.counts.fields);
});

test("decoded and created messages have one property per field, under its JSON name, in the order of the numbers", () => {
  for (const message of Object.values(nri.messages)) {
    const type = generated.MESSAGES[message.name as keyof typeof generated.MESSAGES];
    const names = message.fields.map(({ jsonName }) => jsonName);
    assert.equal(type.typeName, message.fullName);
    assert.deepEqual(Object.keys(type.decode(new Uint8Array(0))), names);
    assert.deepEqual(Object.keys(type.create()), names);
  }
});

test("every enum has the values of the protocol, in the descriptors and as exported", () => {
  let enums = 0;
  const exported = generated as unknown as Record<string, Record<string, number>>;
  for (const type of descriptors()) {
    if (type.kind !== "enum") continue;
    enums++;
    const fact = Object.values(nri.enums).find(({ fullName }) => fullName === type.typeName);
    const values = fact?.values.map(({ name, number }) => [name, number] as const) ?? [];
    assert.deepEqual(
      type.values.map(({ name, number }) => [name, number]),
      values,
      type.typeName,
    );
    assert.deepEqual(exported[shortName(type.typeName).replace(".", "_")], Object.fromEntries(values), type.typeName);
  }
  assert.equal(enums, nri.counts.enums);
});

test("every service has the methods of the protocol", () => {
  let services = 0;
  for (const service of descriptors()) {
    if (service.kind !== "service") continue;
    services++;
    assert.deepEqual(
      service.methods.map(({ name, input, output, methodKind }) => [name, input.typeName, output.typeName, methodKind]),
      nri.services[service.typeName]?.methods.map(({ name, request, response }) => [name, request, response, "unary"]),
      service.typeName,
    );
  }
  assert.equal(services, nri.counts.services);
});

test("a present wrapper with the zero value is written, an absent one is not", () => {
  for (const wrapper of nri.presenceWrappers) {
    for (const message of Object.values(nri.messages)) {
      const type = generated.MESSAGES[message.name as keyof typeof generated.MESSAGES];
      for (const field of message.fields.filter((fact) => fact.type === wrapper)) {
        assert.deepEqual([...type.encode({ [field.jsonName]: {} })], [field.number * 8 + 2, 0]);
        assert.deepEqual([...type.encode({ [field.jsonName]: undefined })], []);
      }
    }
  }
});

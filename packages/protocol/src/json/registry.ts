// Messages and their descriptors by name.
import { createFileRegistry, type DescMessage, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { ProtocolError } from "../errors.js";
import { DESCRIPTORS } from "../gen/descriptors.js";
import { MESSAGES } from "../gen/messages.js";
import type { MessageType } from "../message.js";
import { quote } from "../quote.js";

const PACKAGE = "nri.pkg.api.v1alpha1.";

let registry: FileRegistry | undefined;

/** All descriptors; compiled (about 20 ms) when first asked for. */
export function descriptors(): FileRegistry {
  registry ??= createFileRegistry(fromBinary(FileDescriptorSetSchema, base64Decode(DESCRIPTORS)));
  return registry;
}

/** The descriptor of a message. Throws ProtocolError `unknown-message`. */
export function descriptorOf(typeName: string): DescMessage {
  return descriptors().getMessage(typeName) ?? unknown(typeName);
}

/** The codec of a message by its protobuf name, with or without the package. Throws ProtocolError `unknown-message`. */
export function messageTypeByName(name: string): MessageType<object> {
  const short = name.startsWith(PACKAGE) ? name.slice(PACKAGE.length) : name;
  if (!Object.hasOwn(MESSAGES, short)) unknown(name);
  return MESSAGES[short as keyof typeof MESSAGES] as MessageType<object>;
}

function unknown(name: string): never {
  throw new ProtocolError("unknown-message", `NRI has no message ${quote(name)}`);
}

// What the emitters need to know of the .proto files, out of their descriptors: messages with fields, enums, services,
// each with its comment.
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type } from "@bufbuild/protobuf/wkt";

const SCALARS = {
  [FieldDescriptorProto_Type.STRING]: "string",
  [FieldDescriptorProto_Type.BOOL]: "bool",
  [FieldDescriptorProto_Type.INT32]: "int32",
  [FieldDescriptorProto_Type.UINT32]: "uint32",
  [FieldDescriptorProto_Type.INT64]: "int64",
  [FieldDescriptorProto_Type.UINT64]: "uint64",
  [FieldDescriptorProto_Type.ENUM]: "enum",
  [FieldDescriptorProto_Type.MESSAGE]: "message",
};

/** Field numbers whose tag takes at most two bytes; the writer counts on it. */
const HIGHEST_FIELD_NUMBER = 2047;

/**
 * @param {import("@bufbuild/protobuf/wkt").FileDescriptorSet} set
 * @returns model: { package, messages, enums, services }
 */
export function readModel(set) {
  const model = { package: set.file[0].package, messages: [], enums: [], services: [] };
  for (const file of set.file) {
    const comments = commentsOf(file);
    file.messageType.forEach((message, i) => {
      model.messages.push(messageOf(model, message, [4, i], comments));
    });
    file.enumType.forEach((type, i) => {
      model.enums.push(enumOf(type, type.name, [5, i], comments));
    });
    file.service.forEach((service, i) => {
      model.services.push({ name: service.name, comment: comments(`6,${i}`), methods: methodsOf(service) });
    });
  }
  refuseRecursion(model);
  return model;
}

/** Comments by path in the file (descriptor.proto explains the paths). */
function commentsOf(file) {
  const byPath = new Map();
  for (const location of file.sourceCodeInfo?.location ?? []) {
    const text = location.leadingComments || location.trailingComments;
    if (text) byPath.set(location.path.join(), text.trim().replace(/^ /gm, ""));
  }
  return (path) => {
    const text = byPath.get(path);
    if (text === undefined) throw new Error(`${file.name}: nothing is said about element ${path}`);
    return text;
  };
}

function messageOf(model, message, path, comments) {
  if (message.oneofDecl.length > 0) throw new Error(`${message.name}: oneof and optional are not supported`);
  message.enumType.forEach((type, i) => {
    model.enums.push(enumOf(type, `${message.name}_${type.name}`, [...path, 4, i], comments));
  });
  const entries = new Map();
  for (const nested of message.nestedType) {
    if (!nested.options?.mapEntry) throw new Error(`${message.name}: nested messages are not supported`);
    entries.set(nested.name, nested.field.map(typeOf));
  }
  return {
    name: message.name,
    comment: comments(path.join()),
    fields: message.field.map((field, i) => fieldOf(message, field, entries, comments([...path, 2, i].join()))),
  };
}

function fieldOf(message, field, entries, comment) {
  if (field.number > HIGHEST_FIELD_NUMBER) throw new Error(`${message.name}.${field.name}: field number too high`);
  const common = { name: field.jsonName, number: field.number, comment };
  const type = typeOf(field);
  if (field.label !== FieldDescriptorProto_Label.REPEATED) return { ...common, shape: "single", ...type };
  const entry = type.type === "message" ? entries.get(type.ref) : undefined;
  if (entry === undefined) return { ...common, shape: "list", ...type };
  return { ...common, shape: "map", key: entry[0].type, ...entry[1] };
}

/** Scalar name, or enum or message with its TypeScript name in `ref`. */
function typeOf(field) {
  const type = SCALARS[field.type];
  if (type === undefined) throw new Error(`field ${field.name}: type ${field.type} is not supported`);
  const ref = field.typeName.split(".").slice(5);
  return { type, ref: type === "message" ? ref.at(-1) : ref.join("_") };
}

function enumOf(type, name, path, comments) {
  const values = type.value.map((value, i) => ({
    name: value.name,
    number: value.number,
    comment: comments([...path, 2, i].join()),
  }));
  return { name, comment: comments(path.join()), values };
}

function methodsOf(service) {
  return service.method.map(({ name, inputType, outputType }) => ({ name, inputType, outputType }));
}

/** Decoding has no depth limit for known fields because no message can contain itself. */
function refuseRecursion(model) {
  const byName = new Map(model.messages.map((message) => [message.name, message]));
  const walk = (name, above) => {
    if (above.includes(name)) throw new Error(`message ${name} contains itself: the codec would need a depth limit`);
    for (const field of byName.get(name).fields) if (field.type === "message") walk(field.ref, [...above, name]);
  };
  for (const name of byName.keys()) walk(name, []);
}

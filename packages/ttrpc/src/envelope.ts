// The protobuf messages around every payload: Request, Response with its Status. Pure functions; views, not copies.
//
//   Request   1 service, 2 method, 3 payload, 4 timeout_nano (int64), 5 metadata (repeated KeyValue)
//   Response  1 status, 2 payload
//   Status    1 code (int32), 2 message, 3 details (repeated Any)

import { StatusError, TtrpcError } from "./errors.js";
import { HEADER_BYTES, MessageType, writeHeader } from "./frame.js";
import { encodeMetadata, type Metadata, type MetadataInit, NO_METADATA, readKeyValue } from "./metadata.js";
import { concat, encodeField, encodeText, encodeVarint64, varintBytes, WireReader, writeVarint } from "./wire.js";

const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Details of one status that are kept; further ones are passed over. */
const MAX_STATUS_DETAILS = 64;

/** A decoded Request. `payload` is a view into the bytes it was decoded from. */
export interface RequestEnvelope {
  /** Full service name, with its package. */
  readonly service: string;
  /** Bare method name. */
  readonly method: string;
  /** The encoded message. */
  readonly payload: Uint8Array;
  /** Nanoseconds until the caller's deadline; 0: none; negative: already past. */
  readonly timeoutNano: bigint;
  /** Empty when the request had none. */
  readonly metadata: Metadata;
}

/** A decoded Response: an error status, or a payload that is a view into the bytes it was decoded from. */
export interface ResponseEnvelope {
  /** Absent on success; a status with code 0 counts as success too. */
  readonly status: StatusError | undefined;
  /** The encoded message; empty with an error. */
  readonly payload: Uint8Array;
}

/** The fields `service` and `method`, which are the same for every request of a method. */
export function requestPrefix(service: string, method: string): Uint8Array {
  return concat([
    service === "" ? NO_BYTES : encodeField(1, encodeText(service)),
    method === "" ? NO_BYTES : encodeField(2, encodeText(method)),
  ]);
}

/** The fields after the payload: time-out in nanoseconds (0: none) and metadata. */
export function requestSuffix(timeoutNano: number | bigint, metadata: MetadataInit, maxEntries: number): Uint8Array {
  const fields = encodeMetadata(5, metadata, maxEntries);
  const nano = BigInt(timeoutNano);
  if (nano !== 0n) fields.unshift(Uint8Array.of(32), encodeVarint64(nano));
  return concat(fields);
}

/** A Request as a whole, with the fields in the order of their numbers. */
export function encodeRequest(request: {
  readonly service: string;
  readonly method: string;
  readonly payload: Uint8Array;
  readonly timeoutNano?: bigint;
  readonly metadata?: MetadataInit;
}): Uint8Array {
  return concat([
    requestPrefix(request.service, request.method),
    request.payload.length === 0 ? NO_BYTES : encodeField(3, request.payload),
    requestSuffix(request.timeoutNano ?? 0n, request.metadata ?? NO_METADATA, Number.POSITIVE_INFINITY),
  ]);
}

/**
 * A request message in parts for one write: header and prefix, the payload untouched, time-out (nanoseconds, a whole
 * number below 2^53, 0: none) and encoded metadata. Compare `requestLength` with the maximum first.
 */
export function requestParts(
  streamId: number,
  prefix: Uint8Array,
  payload: Uint8Array,
  timeoutNano: number,
  metadataFields: Uint8Array,
): Uint8Array[] {
  const length = payload.length;
  const headBytes = HEADER_BYTES + prefix.length + (length === 0 ? 0 : 1 + varintBytes(length));
  const timeoutBytes = timeoutNano === 0 ? 0 : 1 + varintBytes(timeoutNano);
  const tailBytes = timeoutBytes + metadataFields.length;
  const frame = new Uint8Array(headBytes + tailBytes);
  writeHeader(frame, 0, headBytes - HEADER_BYTES + length + tailBytes, streamId, MessageType.REQUEST, 0);
  frame.set(prefix, HEADER_BYTES);
  if (length !== 0) {
    frame[HEADER_BYTES + prefix.length] = 26;
    writeVarint(frame, HEADER_BYTES + prefix.length + 1, length);
  }
  if (timeoutNano !== 0) {
    frame[headBytes] = 32;
    writeVarint(frame, headBytes + 1, timeoutNano);
  }
  if (metadataFields.length !== 0) frame.set(metadataFields, headBytes + timeoutBytes);
  if (length === 0) return [frame];
  if (tailBytes === 0) return [frame, payload];
  return [frame.subarray(0, headBytes), payload, frame.subarray(headBytes)];
}

/** Length of the data (header excluded) that `requestParts` makes of the same arguments. */
export function requestLength(
  prefix: Uint8Array,
  payload: Uint8Array,
  timeoutNano: number,
  metadataFields: Uint8Array,
): number {
  const length = payload.length;
  return (
    prefix.length +
    (length === 0 ? 0 : 1 + varintBytes(length) + length) +
    (timeoutNano === 0 ? 0 : 1 + varintBytes(timeoutNano)) +
    metadataFields.length
  );
}

/** Decodes a Request. Throws TtrpcError `protocol` for anything that is none, and for more than `maxEntries` of metadata. */
export function decodeRequest(data: Uint8Array, maxEntries = Number.POSITIVE_INFINITY): RequestEnvelope {
  const reader = new WireReader(data);
  let service = "";
  let method = "";
  let payload = NO_BYTES;
  let timeoutNano = 0n;
  let metadata: Map<string, string[]> | undefined;
  let entries = 0;
  while (reader.more()) {
    const tag = reader.tag();
    switch (tag) {
      case 10:
        service = reader.text();
        break;
      case 18:
        method = reader.text();
        break;
      case 26:
        payload = reader.bytes();
        break;
      case 32:
        timeoutNano = reader.int64();
        break;
      case 42:
        if (++entries > maxEntries) throw new TtrpcError("protocol", `more than ${maxEntries} metadata entries`);
        metadata ??= new Map();
        readKeyValue(reader.message(), metadata);
        break;
      default:
        reader.skip(tag);
    }
  }
  return { service, method, payload, timeoutNano, metadata: metadata ?? NO_METADATA };
}

/** A Response with a payload, or with an error status and no payload. */
export function encodeResponse(response: Uint8Array | StatusError): Uint8Array {
  if (!(response instanceof StatusError)) return response.length === 0 ? NO_BYTES : encodeField(2, response);
  const fields: Uint8Array[] = [];
  if (response.status !== 0) fields.push(Uint8Array.of(8), encodeVarint64(BigInt(response.status)));
  if (response.rawMessage !== "") fields.push(encodeField(2, encodeText(response.rawMessage)));
  for (const detail of response.details) fields.push(encodeField(3, detail));
  return encodeField(1, concat(fields));
}

/** Length of the data of a successful answer with this payload, header excluded. */
export function responseLength(payload: Uint8Array): number {
  return payload.length === 0 ? 0 : 1 + varintBytes(payload.length) + payload.length;
}

/** A successful answer in parts for one write: header and field head, the payload untouched. */
export function responseParts(streamId: number, payload: Uint8Array): Uint8Array[] {
  const length = payload.length;
  const head = new Uint8Array(length === 0 ? HEADER_BYTES : HEADER_BYTES + 1 + varintBytes(length));
  writeHeader(head, 0, head.length - HEADER_BYTES + length, streamId, MessageType.RESPONSE, 0);
  if (length === 0) return [head];
  head[HEADER_BYTES] = 18;
  writeVarint(head, HEADER_BYTES + 1, length);
  return [head, payload];
}

/** Decodes a Response. Throws TtrpcError `protocol` for anything that is none. */
export function decodeResponse(data: Uint8Array): ResponseEnvelope {
  const reader = new WireReader(data);
  let payload = NO_BYTES;
  let status: StatusFields | undefined;
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 18) payload = reader.bytes();
    else if (tag === 10) {
      status ??= { code: 0, message: "", details: [] };
      readStatus(reader.message(), status);
    } else reader.skip(tag);
  }
  if (status === undefined || status.code === 0) return { status: undefined, payload };
  return { status: new StatusError(status.code, status.message, { details: status.details }), payload };
}

interface StatusFields {
  code: number;
  message: string;
  readonly details: Uint8Array[];
}

/** Reads a Status into `status`; protobuf merges a message field that comes twice. */
function readStatus(reader: WireReader, status: StatusFields): void {
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 8) status.code = reader.varint();
    else if (tag === 18) status.message = reader.text();
    else if (tag === 26 && status.details.length < MAX_STATUS_DETAILS)
      status.details.push(new Uint8Array(reader.bytes()));
    else reader.skip(tag);
  }
}

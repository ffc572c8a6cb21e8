// Who set what in a container: claim, clear, conflict. One object per relayed request; nothing of it is ever shared.
// Source: adaptation 3.
import { FIELDS, type FieldName } from "./fields.js";
import type { FieldOwners, OwningPlugins } from "./gen/messages.js";
import { getOwn, setOwn } from "./maps.js";
import { quote } from "./quote.js";
import { removalOf } from "./removal.js";

/** Two plugins want the same thing. */
export interface Conflict {
  /** What both want. */
  readonly field: FieldName;
  /** Which entry; undefined for a field without entries. */
  readonly key: string | undefined;
  /** Who claims, and who owns or has cleared it. */
  readonly plugins: readonly [claiming: string, owner: string];
}

/** The reference's text; for fields without entries it ends in a blank. */
export function conflictText({ field, key = "", plugins: [claiming, owner] }: Conflict): string {
  return `plugins ${quote(claiming)} and ${quote(owner)} both tried to set ${field} ${key}`;
}

/** One change of an owner, to be taken back. */
type Undo = { readonly owners: Map<string, string>; readonly key: string; readonly before: string | undefined };

const CLEARED = "-";
// The one key under which a field without entries is kept.
const WHOLE = "";

/**
 * The owners of the fields of all containers that one request touches. `mark` and `rollback` take back what a refused
 * response had claimed.
 */
export class Ownership {
  readonly #containers = new Map<string, Map<FieldName, Map<string, string>>>();
  readonly #undo: Undo[] = [];

  /** Whether nobody owns anything. */
  get isEmpty(): boolean {
    return this.#undo.length === 0;
  }

  /**
   * Makes `plugin` the owner. Refused, with the conflict as result, when somebody owns it already - also `plugin` itself -
   * or when another plugin has cleared it.
   */
  claim(container: string, field: FieldName, key: string | undefined, plugin: string): Conflict | undefined {
    const owners = this.#of(container, field);
    const owner = owners.get(key ?? WHOLE);
    if (owner !== undefined && owner !== CLEARED + plugin) {
      return { field, key, plugins: [plugin, removalOf(owner) ?? owner] };
    }
    this.#set(owners, key ?? WHOLE, plugin);
    return undefined;
  }

  /** Frees it for `plugin` alone, whoever owned it. */
  clear(container: string, field: FieldName, key: string | undefined, plugin: string): void {
    this.#set(this.#of(container, field), key ?? WHOLE, CLEARED + plugin);
  }

  /** Adds `plugin` to those who share it; once, however often it adds. */
  share(container: string, field: FieldName, plugin: string): void {
    const owners = this.#of(container, field);
    const before = owners.get(WHOLE);
    this.#set(owners, WHOLE, before === undefined ? plugin : `${before},${plugin}`);
  }

  /** Who owns it: a plugin, `-<plugin>` when that plugin has cleared it, plugins with commas for a shared field. */
  owner(container: string, field: FieldName, key?: string): string | undefined {
    return this.#containers
      .get(container)
      ?.get(field)
      ?.get(key ?? WHOLE);
  }

  /** Where we are, for `rollback`. */
  mark(): number {
    return this.#undo.length;
  }

  /** Takes back every change since `mark`. */
  rollback(mark: number): void {
    while (this.#undo.length > mark) {
      const undo = this.#undo.pop();
      if (undo === undefined) return;
      if (undo.before === undefined) undo.owners.delete(undo.key);
      else undo.owners.set(undo.key, undo.before);
    }
  }

  /** As a message; `by` keeps only what that plugin owns, shares or has cleared. Fields without owners are left out. */
  toMessage(by?: string): OwningPlugins {
    const message: OwningPlugins = { owners: {} };
    for (const [container, fields] of this.#containers) {
      const kept: FieldOwners = { simple: {}, compound: {} };
      let any = false;
      for (const [field, owners] of fields) {
        const row = FIELDS[field];
        for (const [key, owner] of owners) {
          if (by !== undefined && owner !== by && owner !== CLEARED + by && !owner.split(",").includes(by)) continue;
          any = true;
          if (row.claim !== "per-key") {
            kept.simple[row.field] = owner;
          } else {
            const compound = kept.compound[row.field] ?? { owners: {} };
            setOwn(compound.owners, key, owner);
            kept.compound[row.field] = compound;
          }
        }
      }
      if (any) setOwn(message.owners, container, kept);
    }
    return message;
  }

  #of(container: string, field: FieldName): Map<string, string> {
    let fields = this.#containers.get(container);
    if (fields === undefined) {
      fields = new Map();
      this.#containers.set(container, fields);
    }
    let owners = fields.get(field);
    if (owners === undefined) {
      owners = new Map();
      fields.set(field, owners);
    }
    return owners;
  }

  #set(owners: Map<string, string>, key: string, owner: string): void {
    this.#undo.push({ owners, key, before: owners.get(key) });
    owners.set(key, owner);
  }
}

/** Who owns a field of a container by the message that validators get; `-<plugin>` when that plugin has cleared it. */
export function ownerOf(
  owners: OwningPlugins | undefined,
  container: string,
  field: FieldName,
  key?: string,
): string | undefined {
  const fields = getOwn(owners?.owners, container);
  const number = String(FIELDS[field].field);
  return key === undefined ? getOwn(fields?.simple, number) : getOwn(getOwn(fields?.compound, number)?.owners, key);
}

/** The owners of all entries of a field by the message that validators get: key and owner. */
export function ownersOf(owners: OwningPlugins | undefined, container: string, field: FieldName): [string, string][] {
  const compound = getOwn(getOwn(owners?.owners, container)?.compound, String(FIELDS[field].field));
  return Object.entries(compound?.owners ?? {});
}

// The default validator's rules, in the order in which they are looked at: the first that is broken refuses the container.
import {
  ownerOf,
  ownersOf,
  quote,
  SecurityProfile_ProfileType,
  type ValidateContainerAdjustmentRequest,
} from "@nri/protocol";
import { effectiveAnnotation } from "../builtin/annotation.js";
import type { ValidationContext } from "../builtin/builtin-plugin.js";
import type { ValidatorOptions } from "./options.js";
import { type RequiredSettings, requiredPlugins } from "./required.js";

type Request = ValidateContainerAdjustmentRequest;
/** Gives what is wrong, or undefined. */
type Rule = (
  options: ValidatorOptions & RequiredSettings,
  request: Request,
  context: Pick<ValidationContext, "answered" | "compat">,
) => string | undefined;

const { RUNTIME_DEFAULT, UNCONFINED, LOCALHOST } = SecurityProfile_ProfileType;

/** Throws for the first rule that the adjustment breaks. */
export function checkRules(
  options: ValidatorOptions & RequiredSettings,
  request: Request,
  context: Pick<ValidationContext, "answered" | "compat">,
): void {
  for (const rule of RULES) {
    const why = rule(options, request, context);
    if (why !== undefined) {
      throw new Error(`validation error: ${why}`);
    }
  }
}

const hooks: Rule = ({ rejectOCIHookAdjustment }, request) => {
  const owners = ownerOf(request.owners, idOf(request), "OciHooks");
  if (!rejectOCIHookAdjustment || request.adjust === undefined || owners === undefined) {
    return undefined;
  }
  return `${owners.includes(",") ? "plugins" : "plugin"} ${quote(owners)} attempted restricted OCI hook injection`;
};

const seccomp: Rule = (options, request) => {
  const owner = ownerOf(request.owners, idOf(request), "SeccompPolicy");
  if (request.adjust === undefined || owner === undefined) {
    return undefined;
  }
  // Two blanks where the reference has two.
  const refuse = (what: string): string => `plugin ${owner} attempted restricted ${what} seccomp policy adjustment`;
  switch (request.container?.linux?.seccompProfile?.profileType ?? UNCONFINED) {
    case UNCONFINED:
      return options.rejectUnconfinedSeccompAdjustment ? refuse(" unconfined") : undefined;
    case RUNTIME_DEFAULT:
      return options.rejectRuntimeDefaultSeccompAdjustment ? refuse("runtime default") : undefined;
    case LOCALHOST:
      return options.rejectCustomSeccompAdjustment ? refuse(" custom") : undefined;
    default:
      return undefined;
  }
};

const namespaces: Rule = ({ rejectNamespaceAdjustment }, request) => {
  const owners = ownersOf(request.owners, idOf(request), "Namespace");
  if (!rejectNamespaceAdjustment || request.adjust === undefined || owners.length === 0) {
    return undefined;
  }
  const offenders = owners.map(([type, owner]) => `${quote(owner)} (namespace ${quote(type)})`);
  return `attempted restricted namespace adjustment by plugin(s) ${offenders.join(", ")}`;
};

const required: Rule = (options, request, { answered, compat }) => {
  const { pod, container, plugins } = request;
  const names = requiredPlugins(options, (key) => effectiveAnnotation(pod, key, container?.name ?? ""));
  const present = namesOf(plugins);
  const missing = names.filter((name) => !present.has(name));
  const active = new Set(answered);
  const heard = namesOf(plugins.filter(({ index, name }) => compat === "reference" || active.has(`${index}-${name}`)));
  const silent = names.filter((name) => present.has(name) && !heard.has(name));
  const parts = [
    ...(missing.length === 0 ? [] : [`${listed(missing)} not present`]),
    ...(silent.length === 0 ? [] : [`${listed(silent)} did not answer`]),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
};

const sysctls: Rule = ({ rejectSysctlAdjustment }, request) => {
  if (!rejectSysctlAdjustment) {
    return undefined;
  }
  // A removal has its mark in the key, and so no owner: it passes, as in the reference.
  const owners = Object.keys(request.adjust?.linux?.sysctl ?? {}).flatMap(
    (key) => ownerOf(request.owners, idOf(request), "Sysctl", key) ?? [],
  );
  return owners.length === 0 ? undefined : `attempted restricted sysctl adjustment by plugin(s) ${owners.join(", ")}`;
};

const RULES: readonly Rule[] = [hooks, seccomp, namespaces, required, sysctls];

function idOf({ container }: Request): string {
  return container?.id ?? "";
}

/** Both names of each plugin. */
function namesOf(plugins: Request["plugins"]): Set<string> {
  return new Set(plugins.flatMap(({ index, name }) => [name, `${index}-${name}`]));
}

function listed(names: readonly string[]): string {
  return `${names.length === 1 ? "required plugin" : "required plugins"} ${quote(names.join(","))}`;
}

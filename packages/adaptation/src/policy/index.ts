// Failure policies, deadlines and required plugins: what the rest of the package uses of them.
export { backOff, type CallPolicy, DEFAULT_POLICY, DEFAULT_VERDICT_POLICY, type Handling } from "./handling.js";
export { failedRequest, inReferenceWords, ownLast, ownPolicy, ownSay } from "./own.js";
export { isAbout, type PluginPolicy, PolicyBook } from "./policy-book.js";
export { checkPolicies, parsePolicies } from "./read.js";
export { checkRequired, Requirements, type Unanswered } from "./required.js";
export type {
  CallName,
  FailurePolicy,
  PluginFailurePolicy,
  Policies,
  PolicyRule,
  RequiredPlugin,
  RetryPolicy,
} from "./types.js";

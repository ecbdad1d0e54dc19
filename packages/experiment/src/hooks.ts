import type { RunSignal } from '@flover/engine';
import type { PolicyDefinition } from '@flover/policy';
import type { TraceSink } from '@flover/trace';
import type { LoadedPolicy } from './policy-file.ts';

/** What whoever starts an experiment may see and do while it runs. */
export interface Hooks {
  readonly signal: RunSignal;
  /** A line of progress. */
  say(text: string): void;
  /** A further sink for a run that is about to begin. */
  watch(run: WatchedRun): TraceSink;
  /** A sink as `watch` gives it that shows nothing: the run is rehearsed with it. */
  rehearse(run: WatchedRun): TraceSink;
  /** Wraps a user's own policy before it is used, for instance to watch over it. */
  guard(definition: PolicyDefinition, label: string): PolicyDefinition;
  readonly commandLine: readonly string[];
}

/** A policy as it is used: only a user's own may fail to come back. */
export function guarded(
  { definition, source }: LoadedPolicy,
  label: string,
  hooks: Hooks,
): PolicyDefinition {
  return source === undefined ? definition : hooks.guard(definition, label);
}

/** A run that is about to begin. */
export interface WatchedRun {
  readonly title: string;
  readonly requests: number;
  readonly kvCapacityBytes: number;
}

/** Hooks that see and change nothing. */
export function quietHooks(signal: RunSignal): Hooks {
  const nothing: TraceSink = { event() {}, action() {}, measure() {}, close() {} };
  return {
    signal,
    say: () => {},
    watch: () => nothing,
    rehearse: () => nothing,
    guard: (definition) => definition,
    commandLine: [],
  };
}

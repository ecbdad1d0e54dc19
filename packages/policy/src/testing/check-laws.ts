import fc from 'fast-check';
import type { MemoryConfig } from '../config.ts';
import type { ParameterValue } from '../policy.ts';
import { caseArbitrary } from './arbitraries.ts';
import type { LawCase } from './case.ts';
import { type Coverage, cover, noCoverage } from './coverage.ts';
import { formatCounterexample } from './format.ts';
import { runCase, type Subject } from './harness.ts';
import { today, within } from './hermetic.ts';
import type { Law, RunTwin, Violation } from './law.ts';
import { laws as allLaws } from './laws/index.ts';
import type { Run } from './record.ts';

/** How hard to try. */
export interface CheckOptions extends Pick<Subject, 'createScheduler'> {
  /** Worlds to try. Default 200. */
  readonly numRuns?: number;
  /** Seed of the worlds. Default 1. */
  readonly seed?: number;
  /** A failed result's path: goes straight to its counterexample. Needs `only` with one law. */
  readonly path?: string;
  /** Names of the laws to check. Default all that bind the policy. */
  readonly only?: readonly string[];
  /** Policy parameters, one of these a world; missing ones take their defaults. Default `[{}]`. */
  readonly parameters?: readonly Readonly<Record<string, ParameterValue>>[];
  /** Only memories of this kind. */
  readonly memory?: MemoryConfig['kind'];
  readonly planAhead?: 0 | 1;
  /** Most requests a world. Default 7. */
  readonly maxRequests?: number;
}

/** The smallest world found in which a law does not hold. */
export interface Counterexample {
  readonly world: LawCase;
  readonly violation: Violation;
  /** For a person: the law, the world, and what was said around the violation. */
  readonly text: string;
}

/** What became of one law. */
export interface LawResult {
  readonly law: string;
  readonly statement: string;
  /** `not-bound`: the policy does not make the claim that the law tests. */
  readonly verdict: 'passed' | 'failed' | 'not-bound';
  /** Worlds tried; for a failed law, up to the first in which it failed. */
  readonly cases: number;
  readonly seed: number;
  /** Leads to the shrunk counterexample. */
  readonly path: string | undefined;
  readonly counterexample: Counterexample | undefined;
}

/** What became of all laws. */
export interface LawReport {
  readonly policy: string;
  readonly passed: boolean;
  readonly results: readonly LawResult[];
  /** How often the worlds reached each rare branch. */
  readonly coverage: Coverage;
}

/** Attacks a policy with every law; throws only where the options are wrong. */
export function checkLaws(
  definition: Subject['definition'],
  options: CheckOptions = {},
): LawReport {
  const { only, createScheduler } = options;
  const subject: Subject = {
    definition,
    ...(createScheduler === undefined ? {} : { createScheduler }),
  };
  const chosen = allLaws.filter((law) => only === undefined || only.includes(law.name));
  const claims = { name: definition.name, ...claimsOf(subject, options) };
  const bound = chosen.filter((law) => law.binds === undefined || law.binds(claims));
  const { broken, coverage } =
    options.path === undefined
      ? survey(subject, bound, options)
      : { broken: new Map(bound.map((law) => [law, 1])), coverage: noCoverage() };
  const results = chosen.map((law): LawResult => {
    const failedAt = broken.get(law);
    const base = { law: law.name, statement: law.statement, seed: options.seed ?? 1 };
    if (failedAt !== undefined) return { ...base, ...shrink(subject, law, failedAt, options) };
    const verdict = bound.includes(law) ? 'passed' : 'not-bound';
    const cases = verdict === 'passed' ? (options.numRuns ?? 200) : 0;
    return { ...base, verdict, cases, path: undefined, counterexample: undefined };
  });
  const passed = results.every((result) => result.verdict !== 'failed');
  return { policy: definition.name, passed, results, coverage };
}

/** Runs a world, then judges it by one law. */
export function checkCase(
  subject: Subject,
  law: Law,
  world: LawCase,
): { readonly run: Run; readonly violation: Violation | undefined } {
  const run = within(today, () => runCase(subject, world));
  return { run, violation: judge(subject, law, run) };
}

function judge(subject: Subject, law: Law, run: Run): Violation | undefined {
  if (law.binds !== undefined && !law.binds(run.policy)) return undefined;
  const twin: RunTwin = (world, twist, surroundings = today) =>
    within(surroundings, () => runCase(subject, world, twist));
  return law.check(run, twin);
}

/** One pass over all worlds with all laws: which broke first where. */
function survey(subject: Subject, bound: readonly Law[], options: CheckOptions) {
  const broken = new Map<Law, number>();
  const coverage = noCoverage();
  let cases = 0;
  const look = (world: LawCase) => {
    cases++;
    if (broken.size === bound.length) return;
    const run = within(today, () => runCase(subject, world));
    cover(run, coverage);
    for (const law of bound) {
      if (broken.has(law)) continue;
      if (judge(subject, law, run) !== undefined) broken.set(law, cases);
    }
  };
  fc.assert(fc.property(worlds(subject, options), look), parametersOf(options));
  return { broken, coverage };
}

/** Takes the same worlds again up to the one that broke the law, and shrinks it. */
function shrink(subject: Subject, law: Law, numRuns: number, options: CheckOptions) {
  const holds = (world: LawCase) => checkCase(subject, law, world).violation === undefined;
  const property = fc.property(worlds(subject, options), holds);
  const details = fc.check(property, { ...parametersOf(options), numRuns });
  if (!details.failed || details.counterexample === null) {
    const cases = options.path === undefined ? numRuns : 1;
    return { verdict: 'passed' as const, cases, path: undefined, counterexample: undefined };
  }
  const [world] = details.counterexample;
  const { run, violation } = checkCase(subject, law, world);
  const text = formatCounterexample(law, run, violation!);
  return {
    verdict: 'failed' as const,
    cases: details.numRuns,
    path: details.counterexamplePath ?? undefined,
    counterexample: { world, violation: violation!, text },
  };
}

function worlds({ definition }: Subject, options: CheckOptions): fc.Arbitrary<LawCase> {
  const { parameters = [{}], memory, planAhead, maxRequests } = options;
  return caseArbitrary({
    policyName: definition.name,
    parameters,
    ...(memory === undefined ? {} : { memory }),
    ...(planAhead === undefined ? {} : { planAhead }),
    ...(maxRequests === undefined ? {} : { maxRequests }),
  });
}

function parametersOf({ numRuns = 200, seed = 1, path }: CheckOptions): fc.Parameters<[LawCase]> {
  return path === undefined ? { numRuns, seed } : { numRuns, seed, path };
}

function claimsOf({ definition }: Subject, { parameters = [{}] }: CheckOptions) {
  const { lanes, claims, oracle } = definition.create({
    ...definition.parameters,
    ...parameters[0],
  });
  return { lanes, ...(claims && { claims }), ...(oracle !== undefined && { oracle }) };
}

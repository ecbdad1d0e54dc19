import fc from 'fast-check';
import { FloverError } from '../error.ts';
import { nearest } from '../nearest.ts';
import type { Policy, PolicyDefinition } from '../policy.ts';
import { caseArbitrary } from './arbitraries.ts';
import type { LawCase } from './case.ts';
import { cover, noCoverage } from './coverage.ts';
import { formatCounterexample } from './format.ts';
import { runCase, type Subject } from './harness.ts';
import { today, within } from './hermetic.ts';
import type { Law, RunTwin, Violation } from './law.ts';
import type { CheckOptions, LawReport, LawResult } from './law-report.ts';
import { laws as allLaws } from './laws/index.ts';
import type { Run } from './record.ts';

/**
 * Attacks a policy with every law.
 *
 * Throws FloverError `unknown-law` for a wrong name in `only`, and `ambiguous-path` for a path
 * without the one law that it belongs to; whatever the policy throws is a broken law.
 */
export function checkLaws(
  policy: PolicyDefinition | (() => Policy),
  options: CheckOptions = {},
): LawReport {
  const definition = typeof policy === 'function' ? definitionOf(policy) : policy;
  const { createScheduler } = options;
  const subject: Subject = {
    definition,
    ...(createScheduler === undefined ? {} : { createScheduler }),
  };
  const chosen = choose(options);
  const claims = claimsOf(subject, options);
  const bound = chosen.filter((law) => law.binds === undefined || claims.some(law.binds));
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

/** What the policy claims, with each of the parameters; nothing where it cannot be made. */
function claimsOf({ definition }: Subject, { parameters = [{}] }: CheckOptions): Run['policy'][] {
  return parameters.flatMap((each) => {
    try {
      return [definition.create({ ...definition.parameters, ...each })];
    } catch {
      return [];
    }
  });
}

function choose({ only, path }: CheckOptions): readonly Law[] {
  const names = allLaws.map((law) => law.name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, names);
    throw new FloverError(
      'unknown-law',
      `there is no law '${unknown}'; known: ${names.join(', ')}`,
      near === undefined ? undefined : `did you mean '${near}'?`,
    );
  }
  if (path !== undefined && only?.length !== 1) {
    const hint = 'name the law that the path belongs to, and only that one';
    throw new FloverError('ambiguous-path', `path '${path}' without the law it belongs to`, hint);
  }
  return allLaws.filter((law) => only === undefined || only.includes(law.name));
}

function definitionOf(create: () => Policy): PolicyDefinition {
  return { name: create().name, parameters: {}, create };
}

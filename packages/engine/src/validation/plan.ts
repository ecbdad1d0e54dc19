import type { DataType, ModelShape } from '@flover/trace';
import { checkAgreement } from './agreement.ts';
import { checkBits } from './bits.ts';
import { checkErrors } from './errors.ts';
import { crowd, few } from './extent.ts';
import type { Ground, Subject } from './ground.ts';
import { checkLeaks } from './leaks.ts';
import { checkParity } from './parity.ts';
import type { Cases } from './property.ts';
import type { CheckResult } from './result.ts';
import { wideShapes } from './shapes.ts';

export const checkNames = ['bits', 'crowd', 'parity', 'agreement', 'leaks', 'errors'] as const;

/** `crowd` is the check of bits with up to 63 companions. */
export type CheckName = (typeof checkNames)[number];

interface PlanOptions {
  readonly ground: Ground;
  readonly reference: Ground;
  readonly cases: number;
  readonly seed: number;
  readonly path?: string;
  readonly requests: number;
  readonly shapes: readonly ModelShape[];
  readonly dataTypes: readonly DataType[];
  readonly checks?: readonly CheckName[];
}

interface PlannedCheck {
  readonly check: CheckName;
  readonly subject: Subject;
  run(): CheckResult;
}

/** The checks in order: quick and telling ones first. */
export function planChecks(options: PlanOptions): readonly PlannedCheck[] {
  const { shapes, dataTypes, checks = checkNames } = options;
  const [first] = shapes;
  const subjects = shapes.flatMap((shape) => dataTypes.map((dataType) => ({ shape, dataType })));
  const planned = (check: CheckName, of: readonly Subject[]): PlannedCheck[] => {
    if (!checks.includes(check)) return [];
    return of.map((subject, i) => {
      // Every subject gets worlds of its own; the first of a list those of the seed that was given.
      const own = { ...options, seed: options.seed + i };
      return { check, subject, run: () => runCheck(check, subject, own) };
    });
  };
  const small = first ? [{ shape: first, dataType: dataTypes[0] ?? 'f32' }] : [];
  return [
    ...planned('errors', small),
    ...planned('agreement', isReference(options) ? small : subjects),
    ...planned('parity', small),
    ...planned('bits', subjects),
    ...planned('crowd', subjects),
    ...planned('leaks', small),
  ];
}

function runCheck(check: CheckName, subject: Subject, options: PlanOptions): CheckResult {
  const { ground, reference, seed, path, requests } = options;
  const cases: Cases = { cases: casesOf(check, subject, options), seed, ...(path && { path }) };
  if (check === 'bits') return checkBits(ground, subject, few, cases);
  if (check === 'crowd') return { ...checkBits(ground, subject, crowd, cases), check };
  if (check === 'parity') return checkParity(ground, subject, few, cases);
  if (check === 'leaks') return checkLeaks(ground, subject, requests, seed);
  if (check === 'errors') return checkErrors(ground, subject, seed);
  return isReference(options) ? notAsked(seed) : checkAgreement(ground, reference, subject, cases);
}

const isReference = ({ ground, reference }: PlanOptions): boolean =>
  ground.backend === reference.backend && ground.open === reference.open;

function notAsked(seed: number): CheckResult {
  return {
    check: 'agreement',
    subject: 'the reference itself',
    claim: 'logits agree with the CPU backend',
    verdict: 'skipped',
    cases: 0,
    seed,
    detail: 'the CPU backend is the reference; tests hold it against transformers',
    seen: {},
    unseen: [],
  };
}

/** A crowd is more work, a wide shape too; 16-bit types share what arithmetic does not decide. */
function casesOf(check: CheckName, subject: Subject, { cases }: PlanOptions): number {
  const wide = wideShapes.some(({ name }) => name === subject.shape.name) ? 3 : 1;
  const narrow = subject.dataType === 'f32' ? 1 : 2;
  const share = check === 'crowd' ? 5 : check === 'agreement' ? 2 : narrow;
  return Math.max(1, Math.round(cases / share / wide));
}

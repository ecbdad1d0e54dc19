import { FloverError } from '@flover/policy';
import type { DataType, ModelShape } from '@flover/trace';
import { checkAgreement } from './agreement.ts';
import { checkBits } from './bits.ts';
import { checkErrors } from './errors.ts';
import { crowd, few } from './extent.ts';
import { checkLeaks } from './leaks.ts';
import { checkParity } from './parity.ts';
import type { Cases } from './property.ts';
import { checkRealSizeModel } from './real-size-model.ts';
import { readReferences } from './references.ts';
import type { CheckResult } from './result.ts';
import { wideShapes } from './shapes.ts';
import { nameOf, type TestModel, type ValidationTarget } from './target.ts';
import { checkTransformers } from './transformers.ts';

/** What is checked unless something else is asked for. */
const usualChecks = ['bits', 'crowd', 'parity', 'agreement', 'leaks', 'errors'] as const;

/** `whole` is for models of real size, `transformers` for references made by that library. */
export const checkNames = [...usualChecks, 'whole', 'transformers'] as const;

/** `crowd` is the check of bits with up to 63 companions. */
export type CheckName = (typeof checkNames)[number];

interface PlanOptions {
  readonly target: ValidationTarget;
  readonly reference: ValidationTarget;
  readonly cases: number;
  readonly seed: number;
  readonly path?: string;
  readonly requests: number;
  readonly shapes: readonly ModelShape[];
  readonly dataTypes: readonly DataType[];
  readonly checks?: readonly CheckName[];
  /** Folder with references for the check `transformers`. */
  readonly references?: string;
}

interface PlannedCheck {
  readonly check: CheckName;
  readonly subject: string;
  run(): CheckResult;
}

/** The checks in order: quick and telling ones first. */
export function planChecks(options: PlanOptions): readonly PlannedCheck[] {
  const { shapes, dataTypes, checks = usualChecks } = options;
  const [first] = shapes;
  const subjects = shapes.flatMap((shape) => dataTypes.map((dataType) => ({ shape, dataType })));
  const planned = (check: CheckName, of: readonly TestModel[]): PlannedCheck[] => {
    if (!checks.includes(check)) return [];
    return of.map((subject, i) => {
      // Every subject gets worlds of its own; the first of a list those of the seed that was given.
      const own = { ...options, seed: options.seed + i };
      return { check, subject: nameOf(subject), run: () => runCheck(check, subject, own) };
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
    ...planned('whole', subjects),
    ...(checks.includes('transformers') ? referenceChecks(options) : []),
  ];
}

/** One check for each reference; the folder is read before the first. */
function referenceChecks({ target, references, seed }: PlanOptions): PlannedCheck[] {
  const check = 'transformers';
  if (references === undefined) {
    throw new FloverError(
      'reference-missing',
      'the check `transformers` needs a folder of references',
      'make one with packages/engine/tools/device-references.py and name it: --references FOLDER',
    );
  }
  return readReferences(references).map((reference) => ({
    check,
    subject: `${reference.name} ${reference.dataType}`,
    run: () => checkTransformers(target, reference, seed),
  }));
}

function runCheck(check: CheckName, subject: TestModel, options: PlanOptions): CheckResult {
  const { target, reference, seed, path, requests } = options;
  const cases: Cases = { cases: casesOf(check, subject, options), seed, ...(path && { path }) };
  if (check === 'bits') return checkBits(target, subject, few, cases);
  if (check === 'crowd') return { ...checkBits(target, subject, crowd, cases), check };
  if (check === 'parity') return checkParity(target, subject, few, cases);
  if (check === 'whole') return checkRealSizeModel(target, subject, seed);
  if (check === 'leaks') return checkLeaks(target, subject, requests, seed);
  if (check === 'errors') return checkErrors(target, subject, seed);
  return isReference(options) ? notAsked(seed) : checkAgreement(target, reference, subject, cases);
}

const isReference = ({ target, reference }: PlanOptions): boolean =>
  target.backend === reference.backend && target.open === reference.open;

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
function casesOf(check: CheckName, subject: TestModel, { cases }: PlanOptions): number {
  const wide = wideShapes.some(({ name }) => name === subject.shape.name) ? 3 : 1;
  const narrow = subject.dataType === 'f32' ? 1 : 2;
  const share = check === 'crowd' ? 5 : check === 'agreement' ? 2 : narrow;
  return Math.max(1, Math.round(cases / share / wide));
}

import type { Engine } from '../engine.ts';
import { errorCases } from './error-cases.ts';
import { Branches, type CheckResult } from './result.ts';
import { serve } from './serve.ts';
import {
  nameOf,
  probeConfig,
  type TestModel,
  type ValidationTarget,
  withEngine,
} from './target.ts';

/** Every mistake is one clear error with its code, and the engine serves on with the same bits. */
export function checkErrors(
  target: ValidationTarget,
  subject: TestModel,
  seed: number,
): CheckResult {
  const alone = (target.world?.size ?? 1) === 1;
  const mistakes = errorCases.filter(({ company }) => !(company && alone));
  const branches = new Branches(mistakes.map(({ name }) => name));
  const problems: string[] = [];
  let cases = 0;
  withEngine(target, subject, probeConfig, (engine) => {
    const before = probe(engine);
    for (const { name, codes, provoke } of mistakes) {
      if (target.signal?.cancelled) return;
      cases += 1;
      branches.add([name]);
      const problem = judge(codes, () => provoke({ target, subject, engine }));
      if (problem) problems.push(`${name}: ${problem}`);
      const after = servesOn(engine);
      if (after !== before) problems.push(`${name}: afterwards ${after} is served, not ${before}`);
    }
  });
  const verdict = target.signal?.cancelled ? 'interrupted' : problems.length ? 'failed' : 'passed';
  return {
    check: 'errors',
    subject: nameOf(subject),
    claim: 'a mistake is one clear error, and the engine serves on with the same bits',
    verdict,
    cases,
    seed,
    detail: problems.join('\n'),
    ...branches.report(),
  };
}

function judge(codes: readonly string[], provoke: () => void): string | undefined {
  try {
    provoke();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (typeof message !== 'string' || message.length < 10) return `no clear message: ${message}`;
    if (codes.includes(String(code))) return undefined;
    return `error [${code}] ${message}; expected ${codes.join(' or ')}`;
  }
  return `no error; expected ${codes.join(' or ')}`;
}

/** The probe, or what went wrong with it. */
function servesOn(engine: Engine): string {
  try {
    return probe(engine);
  } catch (error) {
    return `nothing (${(error as Error).message})`;
  }
}

/** Tokens and log-probabilities of one request, as text with all bits. */
function probe(engine: Engine): string {
  const request = {
    id: 0,
    arrivalNanos: 0,
    promptTokens: 5,
    maxOutputTokens: 6,
    group: 'single' as const,
    width: 1,
    sampling: { logProbs: true },
  };
  const { outputs } = serve(engine, probeConfig, [request]);
  const [output] = outputs.get(0) ?? [];
  return JSON.stringify([[...(output?.tokens ?? [])], [...(output?.logProbs ?? [])]]);
}

/** How something that was checked ended; one that was skipped or interrupted says neither. */
export type Verdict = 'passed' | 'failed' | 'skipped' | 'interrupted';

/** From the best to the worst: that of several checks is the last that one of them has. */
export const VERDICTS: readonly Verdict[] = ['passed', 'skipped', 'interrupted', 'failed'];

/** Reads a verdict; what a file still calls running was interrupted, and what is unknown failed. */
export function verdictOf(text: string): Verdict {
  if (text === 'running') return 'interrupted';
  return VERDICTS.find((verdict) => verdict === text) ?? 'failed';
}

/** A verdict with its sign, such as "✓ passed". */
export function verdictText(verdict: Verdict): string {
  const signs = { passed: '✓', failed: '✗', skipped: '–', interrupted: '‖' } as const;
  return `${signs[verdict]} ${verdict}`;
}

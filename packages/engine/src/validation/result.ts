/** What one check found out about one subject. */
export interface CheckResult {
  readonly check: string;
  /** What was checked: model shape, data type, extent of the worlds. */
  readonly subject: string;
  /** What holds where it passed, one sentence. */
  readonly claim: string;
  /** `skipped`: it cannot be asked here, `detail` says why. `interrupted`: stopped before its end. */
  readonly verdict: 'passed' | 'failed' | 'skipped' | 'interrupted';
  readonly cases: number;
  readonly seed: number;
  /** fast-check's path to the counterexample. */
  readonly path?: string;
  /** Failed: what differed, and the shrunk counterexample; else what was measured, may be empty. */
  readonly detail: string;
  /** Figures that the check took, by name with its unit; nothing is judged by them. */
  readonly measured?: Readonly<Record<string, number>>;
  /** Rare branches, and how often a case came to each. */
  readonly seen: Readonly<Record<string, number>>;
  /** Rare branches that no case came to: of them this run shows nothing. */
  readonly unseen: readonly string[];
}

/** Counts the rare branches that cases came to. */
export class Branches {
  readonly #counts = new Map<string, number>();

  constructor(wanted: readonly string[] = []) {
    for (const branch of wanted) this.#counts.set(branch, 0);
  }

  add(branches: Iterable<string>): void {
    for (const branch of new Set(branches)) {
      this.#counts.set(branch, (this.#counts.get(branch) ?? 0) + 1);
    }
  }

  report(): Pick<CheckResult, 'seen' | 'unseen'> {
    const entries = [...this.#counts];
    return {
      seen: Object.fromEntries(entries.filter(([, count]) => count > 0)),
      unseen: entries.filter(([, count]) => count === 0).map(([branch]) => branch),
    };
  }
}

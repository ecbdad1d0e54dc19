import type { Subject } from '../harness.ts';
import type { CheckOptions } from '../law-report.ts';

/** Something wrong on purpose, and the law that finds it out. */
export interface Broken extends Subject {
  /** What is wrong with it, as a sentence. */
  readonly fault: string;
  /** Name of the law that must catch it. */
  readonly law: string;
  /** Worlds in which the fault can show. */
  readonly options?: Pick<CheckOptions, 'memory' | 'planAhead' | 'parameters'>;
}

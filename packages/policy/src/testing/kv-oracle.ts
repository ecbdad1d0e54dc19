import type { Work } from '../actions.ts';
import { CellAccess } from './kv-access.ts';
import { KvModel } from './kv-model.ts';
import { sequencesNamedBy } from './ledger.ts';
import { moments } from './moments.ts';
import type { Run } from './record.ts';

/** Something wrong with KV memory, and the law that it breaks. */
export interface KvFinding {
  readonly law: 'capacity' | 'exclusive-slots' | 'kv-integrity';
  readonly step: number;
  readonly message: string;
}

const known = new WeakMap<Run, readonly KvFinding[]>();

/**
 * Follows all works in the order in which an executor runs them, on a model of the memory that is
 * independent of the scheduler's own books.
 *
 * Gives the first finding of each law. A lane's works run one after the other, each from the end of
 * the one before it (or its launch) to its own end.
 */
export function replayKv(run: Run): readonly KvFinding[] {
  const cached = known.get(run);
  if (cached !== undefined) return cached;
  const findings = new KvReplay(run).replay();
  known.set(run, findings);
  return findings;
}

class KvReplay {
  private readonly run: Run;
  private readonly model: KvModel;
  private readonly findings: KvFinding[] = [];
  /** Works launched and not ended for each lane; the first of each runs. */
  private readonly lanes: Work[][] = [];
  private readonly running = new Map<Work, CellAccess>();
  /** Preempted sequences whose memory goes when these works, which name them, have ended. */
  private readonly dropLater = new Map<number, Work[]>();
  private step = 0;

  constructor(run: Run) {
    this.run = run;
    this.model = new KvModel(run.world.scheduler, (law, message) => this.find(law, message));
  }

  replay(): readonly KvFinding[] {
    for (const { step, ledger, ...moment } of moments(this.run)) {
      this.step = step;
      if (moment.kind === 'event' && moment.event.kind === 'end') this.end(moment.event.lane);
      if (moment.kind !== 'action') continue;
      const { action } = moment;
      if (action.kind === 'admit') {
        const request = ledger.requests.get(action.request);
        if (request !== undefined) this.model.admit(action.firstSequence, request.view);
      }
      if (action.kind === 'preempt' && action.by === 'recompute') this.drop(action.sequence);
      if (action.kind === 'release') this.model.drop(action.sequence);
      if (action.kind === 'launch') {
        this.lanes[action.work.lane] ??= [];
        this.lanes[action.work.lane]!.push(action.work);
        if (this.lanes[action.work.lane]!.length === 1) this.start(action.work);
      }
    }
    return this.findings;
  }

  private find(law: KvFinding['law'], message: string): void {
    if (this.findings.some((finding) => finding.law === law)) return;
    this.findings.push({ law, step: this.step, message });
  }

  private drop(sequence: number): void {
    const naming = this.lanes.flat().filter((work) => sequencesNamedBy(work).has(sequence));
    if (naming.length > 0) this.dropLater.set(sequence, naming);
    else this.model.drop(sequence);
  }

  private start(work: Work): void {
    const access = new CellAccess();
    this.model.run(work, access);
    for (const [other, theirs] of this.running) {
      const clash = access.clash(theirs);
      if (clash === undefined) continue;
      const where = this.model.describe(clash);
      this.find(
        'exclusive-slots',
        `works ${other.id} (lane ${other.lane}) and ${work.id} (lane ${work.lane}) run at the same time, ` +
          `both touch ${where}, and one of them writes`,
      );
    }
    this.running.set(work, access);
  }

  private end(lane: number): void {
    const ended = this.lanes[lane]?.shift();
    if (ended === undefined) return;
    this.running.delete(ended);
    for (const [sequence, naming] of this.dropLater) {
      if (naming.some((work) => this.lanes.flat().includes(work))) continue;
      this.dropLater.delete(sequence);
      this.model.drop(sequence);
    }
    const next = this.lanes[lane]![0];
    if (next !== undefined) this.start(next);
  }
}

/** Which cells of KV memory a work reads and writes. */
export class CellAccess {
  readonly reads = new Set<number>();
  readonly writes = new Set<number>();

  /** A cell that both touch and at least one writes, or undefined. */
  clash(other: CellAccess): number | undefined {
    for (const cell of this.writes)
      if (other.writes.has(cell) || other.reads.has(cell)) return cell;
    for (const cell of this.reads) if (other.writes.has(cell)) return cell;
    return undefined;
  }
}
